using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Spud.Training.Kernels;

/// <summary>loss = log(sum(exp(logits))) - logits[target], in nats, row by row.</summary>
internal static unsafe class CrossEntropy
{
    /// <param name="logits">[n, V].</param>
    /// <param name="targets">n tokens.</param>
    /// <param name="losses">n losses, written.</param>
    public static void Forward<TE>(Tensor logits, ReadOnlySpan<ushort> targets, Span<float> losses)
        where TE : unmanaged, IElement<TE>
    {
        int rows = TensorMemory.Rows(logits), width = TensorMemory.Width(logits);
        TE* row = TensorMemory.Of<TE>(logits);
        for (int i = 0; i < rows; i++, row += width)
            losses[i] = LogOfSum(row, width) - At(row, targets[i]);
    }

    /// <summary>As <see cref="Forward"/>, and logits become their gradient: (softmax - 1 at the target) scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ForwardBackward<TE>(Tensor logits, ReadOnlySpan<ushort> targets, Span<float> losses, float scale)
        where TE : unmanaged, IElement<TE>
    {
        int rows = TensorMemory.Rows(logits), width = TensorMemory.Width(logits);
        TE* row = TensorMemory.Of<TE>(logits);
        for (int i = 0; i < rows; i++, row += width)
        {
            float log = LogOfSum(row, width), target = At(row, targets[i]);
            losses[i] = log - target;
            Vector512<float> shift = Vector512.Create(log), factor = Vector512.Create(scale);
            for (int v = 0; v < width; v += 16)
                TE.Store(row + v, VectorMath.Exp(TE.Load(row + v) - shift) * factor);

            Set(row, targets[i], (MathF.Exp(target - log) - 1) * scale);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float LogOfSum<TE>(TE* row, int width)
        where TE : unmanaged, IElement<TE>
    {
        Vector512<float> largest = TE.Load(row);
        for (int v = 16; v < width; v += 16)
            largest = Vector512.Max(largest, TE.Load(row + v));

        float top = float.NegativeInfinity;
        for (int lane = 0; lane < 16; lane++)
            top = MathF.Max(top, largest[lane]);

        Vector512<float> sum = default, shift = Vector512.Create(top);
        for (int v = 0; v < width; v += 16)
            sum += VectorMath.Exp(TE.Load(row + v) - shift);

        return top + MathF.Log(Vector512.Sum(sum));
    }

    private static float At<TE>(TE* row, int index)
        where TE : unmanaged, IElement<TE> => TE.Load(row + (index & ~15))[index & 15];

    private static void Set<TE>(TE* row, int index, float value)
        where TE : unmanaged, IElement<TE>
    {
        TE* lanes = row + (index & ~15);
        TE.Store(lanes, TE.Load(lanes).WithElement(index & 15, value));
    }
}
