namespace Spud.Host.Repl.Screen;

/// <summary>A line of the pipeline's tree.</summary>
/// <param name="Depth">0: a role or a property of the pipeline; 1: an option of it.</param>
/// <param name="Label">What it is.</param>
/// <param name="Value">The resolved value.</param>
internal sealed record PipelineItem(int Depth, string Label, string Value)
{
    /// <summary>Its path in <c>/set</c>; null if it cannot be set.</summary>
    public string? Path { get; init; }

    /// <summary>The allowed values, if they can be listed.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>Description of the allowed values; may be empty.</summary>
    public string Expected { get; init; } = "";

    /// <summary>Description; may be empty.</summary>
    public string Description { get; init; } = "";

    /// <summary>Shown after the value: where the component runs and how much memory it uses.</summary>
    public string Note { get; init; } = "";
}
