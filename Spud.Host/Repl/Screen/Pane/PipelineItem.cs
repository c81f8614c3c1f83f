namespace Spud.Host.Repl.Screen;

/// <summary>A line of the pipeline's tree.</summary>
/// <param name="Depth">0: a role, or something of the whole; 1: an option of it.</param>
/// <param name="Label">What it is.</param>
/// <param name="Value">As it was resolved.</param>
internal sealed record PipelineItem(int Depth, string Label, string Value)
{
    /// <summary>What <c>/set</c> calls it; null: it cannot be set.</summary>
    public string? Path { get; init; }

    /// <summary>What it may be, where that can be listed.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>What it may be, in words; empty: nothing is known.</summary>
    public string Expected { get; init; } = "";

    /// <summary>What it is for; empty: nothing is known.</summary>
    public string Description { get; init; } = "";

    /// <summary>Stands behind the value: where, and in how much memory.</summary>
    public string Note { get; init; } = "";
}
