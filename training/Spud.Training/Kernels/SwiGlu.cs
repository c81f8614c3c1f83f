using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Spud.Training.Kernels;

/// <summary>y = silu(gate) up, where a row holds the gate's F numbers and then up's F numbers.</summary>
internal static unsafe class SwiGlu
{
    /// <param name="gateUp">[N, 2F].</param>
    /// <param name="y">[N, F], written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<TE>(Tensor gateUp, Tensor y)
        where TE : unmanaged, IElement<TE>
    {
        int rows = TensorMemory.Rows(y), width = TensorMemory.Width(y);
        TE* from = TensorMemory.Of<TE>(gateUp), to = TensorMemory.Of<TE>(y);
        for (int row = 0; row < rows; row++, from += 2 * width, to += width)
        {
            for (int i = 0; i < width; i += 16)
            {
                Vector512<float> gate = TE.Load(from + i);
                TE.Store(to + i, gate * Sigmoid(gate) * TE.Load(from + width + i));
            }
        }
    }

    /// <summary>With s = sigmoid(gate): dgate = dy up s (1 + gate (1 - s)), dup = dy gate s.</summary>
    /// <param name="gateUp">[N, 2F]; overwritten by its gradient.</param>
    /// <param name="dy">[N, F].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<TE>(Tensor gateUp, Tensor dy)
        where TE : unmanaged, IElement<TE>
    {
        int rows = TensorMemory.Rows(dy), width = TensorMemory.Width(dy);
        TE* pair = TensorMemory.Of<TE>(gateUp), upper = TensorMemory.Of<TE>(dy);
        for (int row = 0; row < rows; row++, pair += 2 * width, upper += width)
        {
            for (int i = 0; i < width; i += 16)
            {
                Vector512<float> gate = TE.Load(pair + i), up = TE.Load(pair + width + i), g = TE.Load(upper + i);
                Vector512<float> s = Sigmoid(gate);
                TE.Store(pair + i, g * up * s * (Vector512<float>.One + gate * (Vector512<float>.One - s)));
                TE.Store(pair + width + i, g * gate * s);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Sigmoid(Vector512<float> x) => Vector512<float>.One / (Vector512<float>.One + VectorMath.Exp(-x));
}
