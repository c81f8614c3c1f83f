using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Spud.Numerics;

/// <summary>Prefetches memory that a loop will read later.</summary>
internal static unsafe class Prefetch
{
    private const int LineBytes = 64;

    /// <summary>Prefetches every cache line of a part: any line left out arrives late.</summary>
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
