namespace Spud.Generation;

/// <summary>Progress of a request.</summary>
public enum RequestState
{
    /// <summary>It has not begun: nobody reads it yet, or there is no room for it.</summary>
    Waiting,

    /// <summary>Its prompt is being read.</summary>
    Prefilling,

    /// <summary>Its text is being generated.</summary>
    Decoding,

    /// <summary>It has ended; <see cref="Request.Finish"/> says why.</summary>
    Finished,
}
