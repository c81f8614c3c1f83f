using Spud.Training.Kernels;
using Spud.Training.Model;
using static TorchSharp.torch;

namespace Spud.Training.Optimization;

/// <summary>Clips a step's gradients by their common norm and applies AdamW.</summary>
/// <param name="parameters">Changed.</param>
/// <param name="weightDecay">Weight decay of those that decay.</param>
/// <param name="clip">Maximum norm.</param>
internal sealed class Optimizer(ParameterSet parameters, double weightDecay, double clip)
{
    /// <summary>One step; the gradients are 0 afterwards.</summary>
    /// <param name="rate">Learning rate.</param>
    /// <param name="step">1 for the first.</param>
    /// <returns>The norm of the gradients before clipping.</returns>
    /// <exception cref="TrainingException">The norm is not finite; no parameter was changed.</exception>
    public double Step(double rate, int step)
    {
        double norm = Math.Sqrt(Elementwise.SumOfSquares(parameters.Gradients));
        if (!double.IsFinite(norm))
            throw new TrainingException($"step {step}: the gradients are not finite. Train with a lower rate, or with precision f32.");

        double scale = Math.Min(1, clip / Math.Max(norm, 1e-12));
        foreach ((Parameter parameter, long offset) in parameters.All)
        {
            using Tensor values = Part(parameters.Values), gradients = Part(parameters.Gradients), halves = Part(parameters.Halves);
            using Tensor first = Part(parameters.FirstMoments), second = Part(parameters.SecondMoments);
            AdamW.Apply(values, gradients, first, second, halves, new(rate, parameter.Decays ? weightDecay : 0, scale, step));

            Tensor Part(Tensor block) => block.narrow(0, offset, parameter.Count);
        }

        parameters.Gradients.zero_().Dispose();
        return norm;
    }
}
