using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// 32 elements in 18 bytes, laid out like <see cref="Q4_0"/>, with codes that index a table of unevenly spaced values.
/// value = d * table[code].
/// </summary>
public readonly struct IQ4_NL : IBlockFormat
{
    public static int Type => 20;

    public static int Elements => 32;

    public static int Bytes => 18;

    internal static Vector128<sbyte> Table
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128.Create(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values) => Expand(block + 2, Codes.Scale(block), values);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe void Expand(byte* codes, float scale, float* values)
    {
        Vector128<byte> packed = Vector128.Load(codes);
        Sixteen.Scale(Codes.LookUp(Table, Codes.Low(packed)), scale, values);
        Sixteen.Scale(Codes.LookUp(Table, Codes.High(packed)), scale, values + 16);
    }
}
