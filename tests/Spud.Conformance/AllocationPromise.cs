using Xunit;

namespace Spud.Conformance;

/// <summary>How much managed memory a component allocates at most, once it is warm. The collector's pauses are everybody's: the default is none.</summary>
public sealed record AllocationPromise
{
    /// <summary>Nothing.</summary>
    public static AllocationPromise None { get; } = new() { Why = "the contract's rule" };

    /// <summary>Bytes of one call of the component, on all threads.</summary>
    public long BytesPerCall { get; init; }

    /// <summary>Bytes of one decoded token through the kit's pipeline of two layers: the component's calls, reviews and commits.</summary>
    public long BytesPerToken { get; init; }

    /// <summary>Why it cannot do without; printed with the results where it is not zero.</summary>
    public required string Why { get; init; }

    /// <summary>Holds a measurement to the promise.</summary>
    /// <param name="bytes">What was allocated.</param>
    /// <param name="promised">How much may be.</param>
    /// <param name="what">"a call of router 'best' with 40 rows".</param>
    internal static void Require(long bytes, long promised, string what) => Assert.True(
        bytes <= promised,
        $"{what} allocated {bytes} bytes of managed memory, expected at most {promised}. Make buffers when the component is built and use them again; "
        + "a component that cannot do without names what it allocates in Variant.Allocation.");
}
