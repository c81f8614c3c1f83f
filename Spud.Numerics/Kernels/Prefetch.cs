using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Spud.Numerics;

/// <summary>Asks for memory that a loop will read later, one cache line at a time: a line left out arrives late, whatever the others do.</summary>
internal static unsafe class Prefetch
{
    public const int LineBytes = 64;

    /// <summary>Fetches every line of what one iteration consumes: <paramref name="bytes"/>, a constant of at most four lines.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lines(byte* ahead, int bytes)
    {
        Debug.Assert(bytes <= 4 * LineBytes, "a loop consumes at most four lines an iteration");
        if (!Sse.IsSupported)
        {
            return;
        }

        Sse.Prefetch0(ahead);
        if (bytes > LineBytes)
        {
            Sse.Prefetch0(ahead + LineBytes);
        }

        if (bytes > 2 * LineBytes)
        {
            Sse.Prefetch0(ahead + 2 * LineBytes);
            Sse.Prefetch0(ahead + 3 * LineBytes);
        }
    }
}
