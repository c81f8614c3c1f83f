namespace Spud.Bench.Peer;

/// <summary>One thing to measure on both sides.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Threads">Threads of either side.</param>
/// <param name="Prompt">Tokens read at once; 0 where decode is measured.</param>
/// <param name="Generate">Steps; 0 where prefill is measured.</param>
/// <param name="Depth">Tokens in each sequence before the first step.</param>
/// <param name="Batch">Sequences that decode together.</param>
internal sealed record Work(string Model, int Threads, int Prompt, int Generate, int Depth, int Batch)
{
    public bool IsPrefill => Prompt > 0;

    public string Name => IsPrefill ? $"prefill {Prompt}" : $"decode at {Depth}{(Batch > 1 ? $", batch {Batch}" : "")}";

    /// <summary>Longest sequence.</summary>
    public int ContextTokens => Math.Max(Prompt, Depth + Generate);
}
