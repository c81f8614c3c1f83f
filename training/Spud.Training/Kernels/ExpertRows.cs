using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Spud.Training.Model;
using static TorchSharp.torch;

namespace Spud.Training.Kernels;

/// <summary>Moves rows between their order in the text and their order by expert.</summary>
internal static unsafe class ExpertRows
{
    /// <summary>grouped[slot] = x[row of the slot].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather<TE>(Tensor x, ExpertAssignment plan, Tensor grouped)
        where TE : unmanaged, IElement<TE>
    {
        int width = TensorMemory.Width(x);
        float* from = TensorMemory.Of<float>(x);
        TE* to = TensorMemory.Of<TE>(grouped);
        foreach (int row in plan.RowOfSlot.AsSpan(0, plan.Pairs))
        {
            float* source = from + (long)row * width;
            for (int i = 0; i < width; i += 16)
                TE.Store(to + i, Vector512.Load(source + i));
            to += width;
        }
    }

    /// <summary>sum[row] = input[row] + the weighted outputs of its experts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Combine<TE>(Tensor input, Tensor outputs, ExpertAssignment plan, Tensor sum)
        where TE : unmanaged, IElement<TE>
    {
        int width = TensorMemory.Width(input);
        float* from = TensorMemory.Of<float>(input), to = TensorMemory.Of<float>(sum);
        TE* grouped = TensorMemory.Of<TE>(outputs);
        for (int row = 0; row < plan.Rows; row++, from += width, to += width)
        {
            new Span<float>(from, width).CopyTo(new(to, width));
            for (int pair = plan.Offsets[row]; pair < plan.Offsets[row + 1]; pair++)
            {
                TE* output = grouped + (long)plan.SlotOfPair[pair] * width;
                Vector512<float> weight = Vector512.Create(plan.Weights[pair]);
                for (int i = 0; i < width; i += 16)
                    (Vector512.Load(to + i) + weight * TE.Load(output + i)).Store(to + i);
            }
        }
    }

    /// <summary>Of <see cref="Combine"/>: outputs become their gradients, and the plan gets those of its weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Spread<TE>(Tensor dSum, Tensor outputs, ExpertAssignment plan)
        where TE : unmanaged, IElement<TE>
    {
        int width = TensorMemory.Width(dSum);
        float* from = TensorMemory.Of<float>(dSum);
        TE* grouped = TensorMemory.Of<TE>(outputs);
        for (int row = 0; row < plan.Rows; row++, from += width)
        {
            for (int pair = plan.Offsets[row]; pair < plan.Offsets[row + 1]; pair++)
            {
                TE* output = grouped + (long)plan.SlotOfPair[pair] * width;
                Vector512<float> weight = Vector512.Create(plan.Weights[pair]), products = default;
                for (int i = 0; i < width; i += 16)
                {
                    Vector512<float> gradient = Vector512.Load(from + i);
                    products += gradient * TE.Load(output + i);
                    TE.Store(output + i, gradient * weight);
                }

                plan.WeightGradients[pair] = Vector512.Sum(products);
            }
        }
    }

    /// <summary>Of <see cref="Gather"/>: dx[row] += the gradients of its slots.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Collect<TE>(Tensor dGrouped, ExpertAssignment plan, Tensor dx)
        where TE : unmanaged, IElement<TE>
    {
        int width = TensorMemory.Width(dx);
        float* to = TensorMemory.Of<float>(dx);
        TE* grouped = TensorMemory.Of<TE>(dGrouped);
        for (int row = 0; row < plan.Rows; row++, to += width)
        {
            for (int pair = plan.Offsets[row]; pair < plan.Offsets[row + 1]; pair++)
            {
                TE* gradient = grouped + (long)plan.SlotOfPair[pair] * width;
                for (int i = 0; i < width; i += 16)
                    (Vector512.Load(to + i) + TE.Load(gradient + i)).Store(to + i);
            }
        }
    }
}
