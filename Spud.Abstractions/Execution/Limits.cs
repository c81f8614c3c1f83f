using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>The largest step that a pipeline will see; all memory is sized by it before the first token.</summary>
public sealed class Limits
{
    /// <summary>Largest T: rows of a step.</summary>
    public required int Rows { get; init; }

    /// <summary>Sequences alive at once: each has an id below this.</summary>
    public required int Sequences { get; init; }

    /// <summary>Largest S: sequences of a step; at most, and by default, <see cref="Sequences"/>.</summary>
    [Experimental(Experiments.Id)]
    public int StepSequences
    {
        get => field == 0 ? Sequences : field;
        init;
    }

    /// <summary>Longest sequence, tokens.</summary>
    public required int ContextTokens { get; init; }

    /// <summary>Most rows of a step whose logits are read.</summary>
    public required int LogitRows { get; init; }
}
