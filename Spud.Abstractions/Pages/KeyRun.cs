namespace Spud;

/// <summary>Keys that lie together in a page, positions ascending. Blittable: a table of R runs on a device is I32 [R, 5].</summary>
public readonly struct KeyRun
{
    /// <summary>Page of the pool.</summary>
    public required int Page { get; init; }

    /// <summary>First key of the run in the page.</summary>
    public required int FirstKey { get; init; }

    /// <summary>Keys, at least 1.</summary>
    public required int Keys { get; init; }

    /// <summary>Smallest position.</summary>
    public required int FirstPosition { get; init; }

    /// <summary>Largest; the run has no gap if <c>LastPosition - FirstPosition + 1 = Keys</c>.</summary>
    public required int LastPosition { get; init; }
}
