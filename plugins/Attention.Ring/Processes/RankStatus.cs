namespace Attention.Ring.Processes;

/// <summary>How a rank fared with a message; first value of a reply after the message's number.</summary>
internal enum RankStatus
{
    Done,

    /// <summary>It threw; the text follows.</summary>
    Failed,

    /// <summary>Its memory is used up; the text follows.</summary>
    OutOfMemory,
}
