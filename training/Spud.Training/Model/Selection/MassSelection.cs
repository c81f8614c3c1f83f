using Spud.Training.Kernels;
using static TorchSharp.torch;

namespace Spud.Training.Model.Selection;

/// <summary>
/// Of the M best as few as hold a share of their probability. The share is a running average of the one that gives a batch K experts a row; it
/// is known before the batch, so that a row does not depend on others. It is router 'dynamic' of Spud, with this threshold.
/// </summary>
internal sealed class MassSelection(ParameterSet parameters, ModelShape shape, int layer, RoutingRecipe recipe) : IExpertSelection
{
    private readonly Tensor _threshold = parameters.View(RoutingRecipe.Threshold(layer), parameters.Values);
    private readonly int _most = recipe.MaxUsed(shape);

    private ref float Threshold => ref TensorMemory.Span<float>(_threshold)[0];

    public void Begin(ReadOnlySpan<float> probabilities, int? trainingStep)
    {
        // 1 is where it begins: nothing is known yet.
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

    // A row goes on beyond n experts where its first n hold less than the threshold: so many such shares must lie below it.
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
        // Below 1, which means that nothing is known.
        return Math.Min(MathF.BitDecrement(1), (float)shares[Math.Min(shares.Count - 1, rows * (shape.ExpertsUsed - 1))]);
    }
}
