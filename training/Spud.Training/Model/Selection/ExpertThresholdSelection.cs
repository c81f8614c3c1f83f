using Spud.Training.Kernels;
using static TorchSharp.torch;

namespace Spud.Training.Model.Selection;

/// <summary>
/// Every expert whose probability exceeds its threshold; at least the best one, at most the M best. An expert's threshold is a running average
/// of the one at which it gets an even share of a batch, K / E of the rows. It is known before the batch.
/// </summary>
internal sealed class ExpertThresholdSelection(ParameterSet parameters, ModelShape shape, int layer, RoutingRecipe recipe) : IExpertSelection
{
    private readonly Tensor _thresholds = parameters.View(RoutingRecipe.Threshold(layer), parameters.Values);

    private Span<float> Thresholds => TensorMemory.Span<float>(_thresholds)[..shape.Experts];

    public void Begin(ReadOnlySpan<float> probabilities, int? trainingStep)
    {
        // 1 is the initial value: nothing is known yet.
        if (trainingStep is not null && !Thresholds.ContainsAnyExcept(1))
            Average(probabilities, 0);
    }

    public int Choose(int row, ReadOnlySpan<float> probabilities, Span<int> chosen)
    {
        Ranking.Largest(probabilities, chosen);
        int count = 0;
        foreach (int expert in chosen)
        {
            if (count == 0 || probabilities[expert] > Thresholds[expert])
                chosen[count++] = expert;
        }

        return count;
    }

    public void Learn(ReadOnlySpan<float> probabilities) => Average(probabilities, recipe.Momentum);

    private void Average(ReadOnlySpan<float> probabilities, double momentum)
    {
        int rows = probabilities.Length / shape.Experts, share = Math.Min(rows - 1, rows * shape.ExpertsUsed / shape.Experts);
        float[] column = new float[rows];
        for (int expert = 0; expert < shape.Experts; expert++)
        {
            for (int row = 0; row < rows; row++)
                column[row] = probabilities[row * shape.Experts + expert];

            Array.Sort(column);
            float ofBatch = column[rows - 1 - share];
            Thresholds[expert] = (float)(momentum * Thresholds[expert] + (1 - momentum) * ofBatch);
        }
    }
}
