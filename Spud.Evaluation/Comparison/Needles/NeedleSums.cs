namespace Spud.Evaluation.Comparison;

/// <summary>Results of a needle task so far.</summary>
public sealed class NeedleSums
{
    /// <summary>Finished questions, by context.</summary>
    public List<NeedleOutcome> Outcomes { get; init; } = [];

    /// <summary>Cost of reading contexts, by context.</summary>
    public List<NeedleReading> Readings { get; init; } = [];
}

/// <summary>A finished question.</summary>
public sealed record NeedleOutcome
{
    /// <summary>The requested length.</summary>
    public required int Length { get; init; }

    /// <summary>0 .. 1.</summary>
    public required double Depth { get; init; }

    /// <summary>[pipeline].</summary>
    public required bool[] Correct { get; init; }

    /// <summary>[pipeline]: whether the cache decided what to keep after it had seen part of the question.</summary>
    public required bool[] QuestionSeen { get; init; }
}

/// <summary>A context that was read.</summary>
public sealed record NeedleReading
{
    /// <summary>The requested length.</summary>
    public required int Length { get; init; }

    /// <summary>[pipeline].</summary>
    public required NeedleCost[] Costs { get; init; }
}

/// <summary>Cost of a context in a pipeline.</summary>
public sealed record NeedleCost
{
    /// <summary>Rows of the context.</summary>
    public int PrefillTokens { get; set; }

    /// <summary>Their time.</summary>
    public double PrefillSeconds { get; set; }

    /// <summary>Steps that generated answers, at the end of the context.</summary>
    public int DecodeTokens { get; set; }

    /// <summary>Their time.</summary>
    public double DecodeSeconds { get; set; }

    /// <summary>Peak bytes of pages in use while the context was read or a question answered.</summary>
    public long PeakPageBytes { get; set; }

    /// <summary>Bytes of keys and values kept at the end of the context.</summary>
    public long KeptBytes { get; set; }

    /// <summary>Of the context and its questions.</summary>
    public long Flops { get; set; }
}
