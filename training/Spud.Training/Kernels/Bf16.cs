using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace Spud.Training.Kernels;

/// <summary>The upper half of a single-precision number; stores round to nearest, ties to even.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct Bf16 : IElement<Bf16>
{
    private readonly ushort _bits;

    public Bf16(ushort bits) => _bits = bits;

    public static ScalarType Type => ScalarType.BFloat16;

    public static Vector512<float> Load(Bf16* source)
    {
        Vector256<ushort> halves = Vector256.Load(&source->_bits);
        return (Widen(halves) << 16).AsSingle();
    }

    public static void Store(Bf16* target, Vector512<float> values)
    {
        Vector512<uint> bits = values.AsUInt32();
        Vector512<uint> rounded = (bits + Vector512.Create(0x7FFFu) + ((bits >> 16) & Vector512<uint>.One)) >> 16;
        Narrow(rounded).Store((ushort*)target);
    }

    private static Vector512<uint> Widen(Vector256<ushort> halves)
    {
        if (Avx512F.IsSupported)
            return Avx512F.ConvertToVector512UInt32(halves);

        (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(halves);
        return Vector512.Create(lower, upper);
    }

    private static Vector256<ushort> Narrow(Vector512<uint> words) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector256UInt16(words)
        : Vector256.Narrow(words.GetLower(), words.GetUpper());
}
