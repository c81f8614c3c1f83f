namespace Spud;

/// <summary>Keys that are contiguous in a page, in ascending order of position. Blittable: R runs on a device are I32 [R, 5].</summary>
public readonly struct KeyRun
{
    /// <summary>Index of the page in its pool.</summary>
    public required int Page { get; init; }

    /// <summary>Index of the first key in the page.</summary>
    public required int FirstKey { get; init; }

    /// <summary>Number of keys, at least 1.</summary>
    public required int Keys { get; init; }

    /// <summary>Position of the first key.</summary>
    public required int FirstPosition { get; init; }

    /// <summary>Position of the last key; the run has no gaps if <c>LastPosition - FirstPosition + 1 = Keys</c>.</summary>
    public required int LastPosition { get; init; }
}
