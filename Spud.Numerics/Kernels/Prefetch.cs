using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Spud.Numerics;

/// <summary>Asks for memory that a loop will read later.</summary>
internal static unsafe class Prefetch
{
    private const int LineBytes = 64;

    /// <summary>Fetches every cache line of a part: one left out arrives late, whatever the others do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lines(byte* ahead, int bytes)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        for (int line = 0; line < bytes; line += LineBytes)
        {
            Sse.Prefetch0(ahead + line);
        }
    }
}
