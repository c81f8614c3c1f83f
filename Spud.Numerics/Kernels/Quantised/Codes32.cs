using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics;

/// <summary>The fields in which the block formats store 32 codes.</summary>
internal static unsafe class Codes32
{
    /// <summary>16 bytes: byte j holds codes j (low nibble) and j + 16 (high).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadNibbles(byte* source, byte* codes)
    {
        Vector128<byte> bytes = Vector128.Load(source);
        (bytes & Vector128.Create((byte)15)).Store(codes);
        (bytes >>> 4).Store(codes + 16);
    }

    /// <summary>32 bytes: codes are the nibbles at <paramref name="shift"/> (0 or 4).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadNibbles(byte* source, int shift, byte* codes) =>
        ((Vector256.Load(source) >>> shift) & Vector256.Create((byte)15)).Store(codes);

    /// <summary>Adds to each code, times 16, the bits of its byte that <paramref name="mask"/> selects after the shift.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddHighBits(byte* source, int shift, byte mask, byte* codes) =>
        (Vector256.Load(codes) | (((Vector256.Load(source) >>> shift) & Vector256.Create(mask)) << 4)).Store(codes);

    /// <summary>Adds 16 to each code whose bit is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddFifthBits(uint bits, byte* codes)
    {
        for (int j = 0; j < 32; j += 8)
        {
            // Bit i of a byte to bit 4 of byte i: seven copies, one bit of each, moved to the top of its byte and down.
            ulong spread = (bits >> j & 255) * 0x0101010101010101UL & 0x8040201008040201UL;
            ulong set = ((spread + 0x7f7f7f7f7f7f7f7fUL) | spread) & 0x8080808080808080UL;
            *(ulong*)(codes + j) |= set >> 3;
        }
    }
}
