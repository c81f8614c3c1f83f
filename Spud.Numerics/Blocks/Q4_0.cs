using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// 32 elements in 18 bytes: f16 scale d; 16 bytes whose lower halves are the codes of elements 0 to 15 and whose upper halves
/// are those of 16 to 31. value = d * (code - 8).
/// </summary>
public readonly partial struct Q4_0 : IEncodedFormat
{
    public static int Type => 2;

    public static int Elements => 32;

    public static int Bytes => 18;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values)
    {
        float scale = Codes.Scale(block);
        Vector128<byte> packed = Vector128.Load(block + 2);
        Vector128<sbyte> eight = Vector128.Create((sbyte)8);
        Sixteen.Scale(Codes.Low(packed).AsSByte() - eight, scale, values);
        Sixteen.Scale(Codes.High(packed).AsSByte() - eight, scale, values + 16);
    }
}
