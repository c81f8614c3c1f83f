using Spud.Training.Kernels;
using static TorchSharp.torch;

namespace Spud.Training.Model.Selection;

/// <summary>
/// The smallest number of the M best experts that hold a share of their probability. The share is a running average of the one that gives a
/// batch K experts per row; it is known before the batch, so that a row does not depend on others. Equals Spud's router 'dynamic' with this threshold.
/// </summary>
internal sealed class MassSelection(ParameterSet parameters, ModelShape shape, int layer, RoutingRecipe recipe) : IExpertSelection
{
    private readonly Tensor _threshold = parameters.View(RoutingRecipe.Threshold(layer), parameters.Values);
    private readonly int _most = recipe.MaxUsed(shape);

    private ref float Threshold => ref TensorMemory.Span<float>(_threshold)[0];

    public void Begin(ReadOnlySpan<float> probabilities, int? trainingStep)
    {
        // 1 is the initial value: nothing is known yet.
        if (trainingStep is not null && Threshold == 1)
            Threshold = OfBatch(probabilities);
    }

    public int Choose(int row, ReadOnlySpan<float> probabilities, Span<int> chosen)
    {
        Ranking.Largest(probabilities, chosen);
        double all = 0, held = 0;
        foreach (int expert in chosen)
            all += probabilities[expert];
        for (int n = 1; n < chosen.Length; n++)
        {
            held += probabilities[chosen[n - 1]];
            if (held >= Threshold * all)
                return n;
        }

        return chosen.Length;
    }

    public void Learn(ReadOnlySpan<float> probabilities) =>
        Threshold = (float)(recipe.Momentum * Threshold + (1 - recipe.Momentum) * OfBatch(probabilities));

    // A row gets more than n experts if its first n hold less than the threshold: the number of such shares below it must match.
    private float OfBatch(ReadOnlySpan<float> probabilities)
    {
        int rows = probabilities.Length / shape.Experts;
        List<double> shares = new(rows * (_most - 1));
        Span<int> best = stackalloc int[_most];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> of = probabilities.Slice(row * shape.Experts, shape.Experts);
            Ranking.Largest(of, best);
            double all = 0, held = 0;
            foreach (int expert in best)
                all += of[expert];
            foreach (int expert in best[..^1])
                shares.Add((held += of[expert]) / all);
        }

        shares.Sort();
        // Keep it below 1, which means that nothing is known.
        return Math.Min(MathF.BitDecrement(1), (float)shares[Math.Min(shares.Count - 1, rows * (shape.ExpertsUsed - 1))]);
    }
}
