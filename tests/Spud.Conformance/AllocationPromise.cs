using Xunit;

namespace Spud.Conformance;

/// <summary>Maximum managed memory that a component allocates once it is warm. Garbage collection pauses the whole process, so the default is none.</summary>
public sealed record AllocationPromise
{
    /// <summary>Nothing.</summary>
    public static AllocationPromise None { get; } = new() { Why = "the contract's rule" };

    /// <summary>Bytes of one call of the component, on all threads.</summary>
    public long BytesPerCall { get; init; }

    /// <summary>Bytes of one decoded token through the kit's pipeline of two layers: the component's calls, reviews and commits.</summary>
    public long BytesPerToken { get; init; }

    /// <summary>Why it cannot avoid it; printed with the results if it is not zero.</summary>
    public required string Why { get; init; }

    /// <summary>Requires a measurement to be within the limit.</summary>
    /// <param name="bytes">What was allocated.</param>
    /// <param name="promised">The limit.</param>
    /// <param name="what">"a call of router 'best' with 40 rows".</param>
    internal static void Require(long bytes, long promised, string what) => Assert.True(
        bytes <= promised,
        $"{what} allocated {bytes} bytes of managed memory, expected at most {promised}. Allocate buffers when the component is built and reuse them; "
        + "a component that cannot avoid it states what it allocates in Variant.Allocation.");
}
