using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Spud.Training.Kernels;

/// <summary>Softmax over the keys that a query sees. Row i of a matrix belongs to the query at position first + i / heads and sees keys up to it.</summary>
internal static unsafe class CausalSoftmax
{
    /// <param name="scores">[matrices, queries * heads, keys] f32; overwritten.</param>
    /// <param name="probabilities">Likewise; written, 0 for later keys.</param>
    /// <param name="first">Position of the first query.</param>
    /// <param name="heads">Heads that share a key.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<TE>(Tensor scores, Tensor probabilities, int first, int heads)
        where TE : unmanaged, IElement<TE>
    {
        int rows = TensorMemory.Rows(scores), keys = TensorMemory.Width(scores), each = (int)scores.shape[^2];
        float* row = TensorMemory.Of<float>(scores);
        TE* to = TensorMemory.Of<TE>(probabilities);
        for (int i = 0; i < rows; i++, row += keys, to += keys)
        {
            int last = first + i % each / heads;
            int end = (last | 15) + 1;
            // Lanes beyond the last key in its vector.
            Vector512<float> beyond = Vector512.GreaterThan(Vector512<float>.Indices, Vector512.Create((float)(last & 15)));
            float* tail = row + end - 16;
            Vector512.ConditionalSelect(beyond, Vector512.Create(float.NegativeInfinity), Vector512.Load(tail)).Store(tail);
            Vector512<float> sum = default, shift = Vector512.Create(Largest(row, end));
            for (int k = 0; k < end; k += 16)
            {
                Vector512<float> e = VectorMath.Exp(Vector512.Load(row + k) - shift);
                sum += e;
                e.Store(row + k);
            }

            Vector512<float> factor = Vector512.Create(1 / Vector512.Sum(sum));
            for (int k = 0; k < end; k += 16)
                TE.Store(to + k, Vector512.Load(row + k) * factor);
            for (int k = end; k < keys; k += 16)
                TE.Store(to + k, Vector512<float>.Zero);
        }
    }

    /// <summary>dscores = p (dp - sum(p dp)); written over dp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<TE>(Tensor probabilities, Tensor dProbabilities)
        where TE : unmanaged, IElement<TE>
    {
        int rows = TensorMemory.Rows(probabilities), keys = TensorMemory.Width(probabilities);
        TE* p = TensorMemory.Of<TE>(probabilities), dp = TensorMemory.Of<TE>(dProbabilities);
        for (int i = 0; i < rows; i++, p += keys, dp += keys)
        {
            Vector512<float> products = default;
            for (int k = 0; k < keys; k += 16)
                products += TE.Load(p + k) * TE.Load(dp + k);

            Vector512<float> sum = Vector512.Create(Vector512.Sum(products));
            for (int k = 0; k < keys; k += 16)
                TE.Store(dp + k, TE.Load(p + k) * (TE.Load(dp + k) - sum));
        }
    }

    private static float Largest(float* row, int count)
    {
        Vector512<float> largest = Vector512.Load(row);
        for (int k = 16; k < count; k += 16)
            largest = Vector512.Max(largest, Vector512.Load(row + k));

        float top = float.NegativeInfinity;
        for (int lane = 0; lane < 16; lane++)
            top = MathF.Max(top, largest[lane]);

        return top;
    }
}
