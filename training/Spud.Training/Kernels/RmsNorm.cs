using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Spud.Training.Kernels;

/// <summary>y = w x / rms(x), row by row, with rms(x) = sqrt(mean(x^2) + epsilon).</summary>
internal static unsafe class RmsNorm
{
    /// <param name="x">[N, C] f32.</param>
    /// <param name="weight">[C] f32.</param>
    /// <param name="y">[N, C], written.</param>
    /// <param name="inverse">[N] f32: 1 / rms, written.</param>
    /// <param name="epsilon">The model's.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward<TE>(Tensor x, Tensor weight, Tensor y, Tensor inverse, float epsilon)
        where TE : unmanaged, IElement<TE>
    {
        int rows = TensorMemory.Rows(x), width = TensorMemory.Width(x);
        float* from = TensorMemory.Of<float>(x), w = TensorMemory.Of<float>(weight), scale = TensorMemory.Of<float>(inverse);
        TE* to = TensorMemory.Of<TE>(y);
        for (int row = 0; row < rows; row++, from += width, to += width)
        {
            Vector512<float> squares = default;
            for (int i = 0; i < width; i += 16)
                squares += Vector512.Load(from + i) * Vector512.Load(from + i);

            scale[row] = 1 / MathF.Sqrt(Vector512.Sum(squares) / width + epsilon);
            Vector512<float> factor = Vector512.Create(scale[row]);
            for (int i = 0; i < width; i += 16)
                TE.Store(to + i, Vector512.Load(from + i) * factor * Vector512.Load(w + i));
        }
    }

    /// <summary>With g = w dy: dx += (g - x mean(g x) / rms^2) / rms, and dw += dy x / rms.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward<TE>(Tensor dy, Tensor x, Tensor weight, Tensor inverse, Tensor dx, Tensor dWeight)
        where TE : unmanaged, IElement<TE>
    {
        int rows = TensorMemory.Rows(x), width = TensorMemory.Width(x);
        TE* upper = TensorMemory.Of<TE>(dy);
        float* from = TensorMemory.Of<float>(x), w = TensorMemory.Of<float>(weight), scale = TensorMemory.Of<float>(inverse);
        float* to = TensorMemory.Of<float>(dx), dw = TensorMemory.Of<float>(dWeight);
        for (int row = 0; row < rows; row++, upper += width, from += width, to += width)
        {
            Vector512<float> products = default;
            Vector512<float> factor = Vector512.Create(scale[row]);
            for (int i = 0; i < width; i += 16)
            {
                Vector512<float> g = TE.Load(upper + i), value = Vector512.Load(from + i);
                products += g * Vector512.Load(w + i) * value;
                (Vector512.Load(dw + i) + g * value * factor).Store(dw + i);
            }

            Vector512<float> mean = Vector512.Create(Vector512.Sum(products) / width) * factor * factor;
            for (int i = 0; i < width; i += 16)
            {
                Vector512<float> g = TE.Load(upper + i) * Vector512.Load(w + i);
                (Vector512.Load(to + i) + factor * (g - Vector512.Load(from + i) * mean)).Store(to + i);
            }
        }
    }
}
