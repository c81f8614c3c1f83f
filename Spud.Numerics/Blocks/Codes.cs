using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>Unpacking of codes narrower than a byte, sixteen at a time.</summary>
internal static unsafe class Codes
{
    /// <summary>The lower four bits of 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Low(Vector128<byte> bytes) => bytes & Vector128.Create((byte)0x0f);

    /// <summary>The upper four bits of 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> High(Vector128<byte> bytes) => bytes >>> 4;

    /// <summary>Two bits of each of 16 bytes, from bit <paramref name="shift"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Two(Vector128<byte> bytes, int shift) => (bytes >>> shift) & Vector128.Create((byte)3);

    /// <summary><paramref name="value"/> in each byte i whose bit i is set in <paramref name="bits"/>, otherwise 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> WhereSet(uint bits, byte value)
    {
        Vector128<byte> places = Vector128.Create(0x8040201008040201, 0x8040201008040201).AsByte();
        ulong low = (bits & 0xff) * 0x0101010101010101UL;
        ulong high = ((bits >> 8) & 0xff) * 0x0101010101010101UL;
        Vector128<byte> set = Vector128.Equals(Vector128.Create(low, high).AsByte() & places, places);
        return set & Vector128.Create(value);
    }

    /// <summary>The codes, negated where the bit with the code's index is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Negate(Vector128<sbyte> codes, uint bits)
    {
        Vector128<sbyte> mask = WhereSet(bits, 0xff).AsSByte();
        return (codes ^ mask) - mask;
    }

    /// <summary>
    /// A byte of signs from its lower seven bits: the number of minus signs is always even, so the eighth is not stored.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint EvenSigns(uint seven) => seven | ((uint)(System.Numerics.BitOperations.PopCount(seven) & 1) << 7);

    /// <summary>Looks up 16 codes below 16 in a table of 16 signed bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> LookUp(Vector128<sbyte> table, Vector128<byte> codes) =>
        Vector128.Shuffle(table, codes.AsSByte());

    /// <summary>An f16 number, unaligned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Scale(byte* half) => F16.ToSingle(*(ushort*)half);
}
