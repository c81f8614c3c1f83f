using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Spud.Numerics.Blocks;

/// <summary>32 elements in 34 bytes: f16 scale d, 32 signed bytes. value = d * code.</summary>
public readonly partial struct Q8_0 : IEncodedFormat
{
    public static int Type => 8;

    public static int Elements => 32;

    public static int Bytes => 34;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expand(byte* block, float* values)
    {
        float scale = Codes.Scale(block);
        Sixteen.Scale(Vector128.Load((sbyte*)block + 2), scale, values);
        Sixteen.Scale(Vector128.Load((sbyte*)block + 18), scale, values + 16);
    }
}
