namespace Spud.Evaluation.Comparison;

/// <summary>What is known of a needle task so far.</summary>
public sealed class NeedleSums
{
    /// <summary>Questions that are done, by context.</summary>
    public List<NeedleOutcome> Outcomes { get; init; } = [];

    /// <summary>What reading contexts took, by context.</summary>
    public List<NeedleReading> Readings { get; init; } = [];
}

/// <summary>A question that is done.</summary>
public sealed record NeedleOutcome
{
    /// <summary>As asked for.</summary>
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
    /// <summary>As asked for.</summary>
    public required int Length { get; init; }

    /// <summary>[pipeline].</summary>
    public required NeedleCost[] Costs { get; init; }
}

/// <summary>What a context took in a pipeline.</summary>
public sealed record NeedleCost
{
    /// <summary>Rows of the context.</summary>
    public int PrefillTokens { get; set; }

    /// <summary>What they took.</summary>
    public double PrefillSeconds { get; set; }

    /// <summary>Steps that wrote answers, at the end of the context.</summary>
    public int DecodeTokens { get; set; }

    /// <summary>What they took.</summary>
    public double DecodeSeconds { get; set; }

    /// <summary>Bytes of the pages that were in use at most, while the context was read or a question answered.</summary>
    public long PeakPageBytes { get; set; }

    /// <summary>Bytes of the keys and values that were kept at the end of the context.</summary>
    public long KeptBytes { get; set; }

    /// <summary>Of the context and its questions.</summary>
    public long Flops { get; set; }
}
