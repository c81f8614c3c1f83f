namespace Spud.Generation;

/// <summary>Why a generation ended.</summary>
public enum FinishReason
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>The model produced an end-of-generation or stop token.</summary>
    StopToken,

    /// <summary>A stop string was completed.</summary>
    StopString,

    /// <summary>So many tokens as were asked for.</summary>
    Length,

    /// <summary>The context is full.</summary>
    ContextFull,

    /// <summary>The caller cancelled.</summary>
    Cancelled,

    /// <summary>The next token might have cost more than the budget had left.</summary>
    Budget,

    /// <summary>The prompt might have cost more than the budget: nothing was computed.</summary>
    Refused,

    /// <summary>A component threw.</summary>
    Failed,
}
