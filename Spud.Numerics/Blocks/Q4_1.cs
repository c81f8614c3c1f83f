using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>
/// 32 elements in 20 bytes: f16 scale d, f16 minimum m; 16 bytes of codes as in <see cref="Q4_0"/>. value = d * code + m.
/// </summary>
public readonly partial struct Q4_1 : IEncodedFormat
{
    public static int Type => 3;

    public static int Elements => 32;

    public static int Bytes => 20;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values)
    {
        float scale = Codes.Scale(block);
        float minimum = Codes.Scale(block + 2);
        Vector128<byte> packed = Vector128.Load(block + 4);
        Sixteen.Scale(Codes.Low(packed).AsSByte(), scale, minimum, values);
        Sixteen.Scale(Codes.High(packed).AsSByte(), scale, minimum, values + 16);
    }
}
