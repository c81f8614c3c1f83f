namespace Spud.Generation;

/// <summary>What the step loop does for one model, at the time it was asked for. All counts are since the model was loaded.</summary>
public readonly record struct LoopStatus
{
    /// <summary>Requests that wait for room.</summary>
    public int Waiting { get; init; }

    /// <summary>Requests that have a sequence: their texts are read, or they generate.</summary>
    public int Running { get; init; }

    /// <summary>Steps that ended.</summary>
    public long Steps { get; init; }

    /// <summary>Rows of these steps.</summary>
    public long Rows { get; init; }

    /// <summary>Generated tokens.</summary>
    public long GeneratedTokens { get; init; }

    /// <summary>Tokens generated per second, measured over about the last second of work; 0 if nothing runs.</summary>
    public double TokensPerSecond { get; init; }

    /// <summary>How often a request had to give its pages back to others.</summary>
    public long Releases { get; init; }

    /// <summary>Pages of all layers.</summary>
    public long Pages { get; init; }

    /// <summary>Pages that hold nothing.</summary>
    public long FreePages { get; init; }

    /// <summary>Pages that hold nothing but texts kept after their requests; they are given up when others need them.</summary>
    public long KeptPages { get; init; }

    /// <summary>Number of these texts.</summary>
    public int KeptTexts { get; init; }

    /// <summary>Prices that the scheduler quotes; all 0 until the first request, and without a market.</summary>
    public MarketPrices Prices { get; init; }

    /// <summary>Duration of all steps.</summary>
    public TimeSpan StepTime { get; init; }

    /// <summary>The part of it in which the next step was decided about: by the scheduler, and by what it is asked and told.</summary>
    public TimeSpan SchedulingTime { get; init; }

    /// <summary>Duration of the last step.</summary>
    public TimeSpan LastStep { get; init; }

    /// <summary>Time since the current step began; zero between steps. A step that takes much longer than those before it may hang.</summary>
    public TimeSpan CurrentStep { get; init; }
}
