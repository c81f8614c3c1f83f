namespace Spud.Runtime.Generation;

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
}
