namespace Spud.Generation;

/// <summary>Why a generation ended.</summary>
public enum FinishReason
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>The model generated an end-of-generation or stop token, or the text is complete by its constraint.</summary>
    StopToken,

    /// <summary>A stop string was completed.</summary>
    StopString,

    /// <summary>The maximum number of tokens was reached.</summary>
    Length,

    /// <summary>The context is full.</summary>
    ContextFull,

    /// <summary>The caller cancelled.</summary>
    Cancelled,

    /// <summary>The deadline of its job has passed.</summary>
    Expired,

    /// <summary>The next token might have cost more than the remaining budget.</summary>
    Budget,

    /// <summary>The prompt might have cost more than the budget: nothing was computed.</summary>
    Refused,

    /// <summary>A component threw.</summary>
    Failed,
}
