using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>The maximum size of a step and of a sequence. All memory is sized by it before the first token.</summary>
public sealed class Limits
{
    /// <summary>Maximum T: rows of a step.</summary>
    public required int Rows { get; init; }

    /// <summary>Maximum number of sequences alive at once; each has an id below this.</summary>
    public required int Sequences { get; init; }

    /// <summary>Maximum S: sequences of a step; at most <see cref="Sequences"/>, which is the default.</summary>
    [Experimental(Experiments.Id)]
    public int StepSequences
    {
        get => field == 0 ? Sequences : field;
        init;
    }

    /// <summary>Maximum length of a sequence, in tokens.</summary>
    public required int ContextTokens { get; init; }

    /// <summary>Maximum number of rows of a step whose logits are read.</summary>
    public required int LogitRows { get; init; }
}
