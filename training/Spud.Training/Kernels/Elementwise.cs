using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Spud.Training.Kernels;

/// <summary>Sums and conversions of tensors of equal size.</summary>
internal static unsafe class Elementwise
{
    /// <summary>sum = a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<TE>(Tensor a, Tensor b, Tensor sum)
        where TE : unmanaged, IElement<TE>
    {
        long count = a.numel();
        float* left = TensorMemory.Of<float>(a), to = TensorMemory.Of<float>(sum);
        TE* right = TensorMemory.Of<TE>(b);
        for (long i = 0; i < count; i += 16)
            (Vector512.Load(left + i) + TE.Load(right + i)).Store(to + i);
    }

    /// <summary>The nearest numbers of the other type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Convert<TE>(Tensor from, Tensor to)
        where TE : unmanaged, IElement<TE>
    {
        long count = from.numel();
        float* source = TensorMemory.Of<float>(from);
        TE* target = TensorMemory.Of<TE>(to);
        for (long i = 0; i < count; i += 16)
            TE.Store(target + i, Vector512.Load(source + i));
    }

    /// <summary>The sum of squares, in double precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SumOfSquares(Tensor x)
    {
        const int Run = 4096;
        double sum = 0;
        long count = x.numel();
        float* source = TensorMemory.Of<float>(x);
        for (long start = 0; start < count; start += Run)
        {
            Vector512<float> squares = default;
            long end = Math.Min(count, start + Run);
            for (long i = start; i < end; i += 16)
                squares += Vector512.Load(source + i) * Vector512.Load(source + i);

            sum += Vector512.Sum(squares);
        }

        return sum;
    }
}
