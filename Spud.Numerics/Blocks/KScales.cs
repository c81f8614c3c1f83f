using System.Runtime.CompilerServices;

namespace Spud.Numerics.Blocks;

/// <summary>
/// The eight 6-bit scales and eight 6-bit minima that <see cref="Q4_K"/> and <see cref="Q5_K"/> store in 12 bytes. Bytes 0 to 3 hold
/// scales 0 to 3 and bytes 4 to 7 minima 0 to 3, in their lower six bits; the lower four bits of scales and minima 4 to 7 are the
/// halves of bytes 8 to 11, and their upper two are the upper two of the first eight bytes.
/// </summary>
internal readonly struct KScales
{
    private const uint Six = 0x3f3f3f3f;
    private const uint Four = 0x0f0f0f0f;
    private const uint Two = 0x30303030;
    private readonly ulong _scales;
    private readonly ulong _minima;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe KScales(byte* packed)
    {
        uint scales = *(uint*)packed;
        uint minima = *(uint*)(packed + 4);
        uint rest = *(uint*)(packed + 8);
        _scales = (scales & Six) | ((ulong)((rest & Four) | ((scales >> 2) & Two)) << 32);
        _minima = (minima & Six) | ((ulong)(((rest >> 4) & Four) | ((minima >> 2) & Two)) << 32);
    }

    /// <summary>Scale of a group (0 to 7), 0 to 63.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Scale(int group) => (int)(_scales >> (group * 8)) & 0x3f;

    /// <summary>Minimum of a group (0 to 7), 0 to 63.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Minimum(int group) => (int)(_minima >> (group * 8)) & 0x3f;
}
