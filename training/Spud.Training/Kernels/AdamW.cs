using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Spud.Training.Kernels;

/// <summary>Settings of an optimizer update.</summary>
/// <param name="Rate">Learning rate of this step.</param>
/// <param name="Decay">Weight decay; 0 for none.</param>
/// <param name="GradientScale">From clipping.</param>
/// <param name="Step">1 for the first.</param>
internal readonly record struct Update(double Rate, double Decay, double GradientScale, int Step);

/// <summary>AdamW (arXiv:1711.05101) with beta 0.9 and 0.95.</summary>
internal static unsafe class AdamW
{
    private const float Beta1 = 0.9f, Beta2 = 0.95f, Epsilon = 1e-8f;

    /// <summary>Updates parameters and moments in place, and writes the parameters again as bf16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(Tensor parameters, Tensor gradients, Tensor firstMoments, Tensor secondMoments, Tensor halves, in Update update)
    {
        long count = parameters.numel();
        float* p = TensorMemory.Of<float>(parameters), g = TensorMemory.Of<float>(gradients);
        float* m = TensorMemory.Of<float>(firstMoments), v = TensorMemory.Of<float>(secondMoments);
        Bf16* half = TensorMemory.Of<Bf16>(halves);
        Vector512<float> scale = Vector512.Create((float)update.GradientScale), kept = Vector512.Create((float)(1 - update.Rate * update.Decay));
        Vector512<float> rate = Vector512.Create((float)(update.Rate / (1 - Math.Pow(Beta1, update.Step))));
        Vector512<float> correction = Vector512.Create((float)(1 / (1 - Math.Pow(Beta2, update.Step)))), epsilon = Vector512.Create(Epsilon);
        for (long i = 0; i < count; i += 16)
        {
            Vector512<float> gradient = Vector512.Load(g + i) * scale;
            Vector512<float> first = Vector512.Load(m + i) * Beta1 + gradient * (1 - Beta1);
            Vector512<float> second = Vector512.Load(v + i) * Beta2 + gradient * gradient * (1 - Beta2);
            Vector512<float> value = Vector512.Load(p + i) * kept - rate * first / (Vector512.Sqrt(second * correction) + epsilon);
            first.Store(m + i);
            second.Store(v + i);
            value.Store(p + i);
            Bf16.Store(half + i, value);
        }
    }
}
