using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Spud.Training.Kernels;

/// <summary>Single precision.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct F32 : IElement<F32>
{
    private readonly float _value;

    public F32(float value) => _value = value;

    public static ScalarType Type => ScalarType.Float32;

    public static Vector512<float> Load(F32* source) => Vector512.Load(&source->_value);

    public static void Store(F32* target, Vector512<float> values) => values.Store((float*)target);
}
