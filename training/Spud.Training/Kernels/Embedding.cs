using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Spud.Training.Kernels;

/// <summary>A row of a table for each token.</summary>
internal static unsafe class Embedding
{
    /// <param name="table">[V, C] f32.</param>
    /// <param name="ids">N tokens.</param>
    /// <param name="hidden">[N, C] f32, written.</param>
    public static void Forward(Tensor table, ReadOnlySpan<ushort> ids, Tensor hidden)
    {
        int width = TensorMemory.Width(table);
        float* from = TensorMemory.Of<float>(table), to = TensorMemory.Of<float>(hidden);
        for (int row = 0; row < ids.Length; row++)
            new Span<float>(from + (long)ids[row] * width, width).CopyTo(new Span<float>(to + (long)row * width, width));
    }

    /// <summary>Adds each row's gradient to that of its token.</summary>
    public static void Backward(Tensor dHidden, ReadOnlySpan<ushort> ids, Tensor dTable)
    {
        int width = TensorMemory.Width(dTable);
        float* from = TensorMemory.Of<float>(dHidden), to = TensorMemory.Of<float>(dTable);
        for (int row = 0; row < ids.Length; row++)
        {
            float* source = from + (long)row * width, target = to + (long)ids[row] * width;
            for (int i = 0; i < width; i += 16)
                (Vector512.Load(target + i) + Vector512.Load(source + i)).Store(target + i);
        }
    }
}
