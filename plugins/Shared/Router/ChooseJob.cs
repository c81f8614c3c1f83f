using Router.Shared.Kernels;
using Spud;
using Spud.Numerics;

namespace Router.Shared;

/// <summary>Chooses the experts of rows into memory with room for M of each; a part is a block of rows.</summary>
/// <typeparam name="TRule">The experts that a row may use.</typeparam>
internal struct ChooseJob<TRule> : IJob
    where TRule : struct, IRowRule
{
    /// <summary>Rows per block: enough to reuse the gate's weights, with the same boundaries for any number of threads.</summary>
    public const int BlockRows = 8;

    public required GateLayer Gate;
    public required LayerRule Rule;
    public required TRule RowRule;
    public required float Epsilon;
    public required Step Step;

    /// <summary>F32 [T, C].</summary>
    public required TensorView Hidden;

    /// <summary>F32 [T, C], overwritten.</summary>
    public required TensorView Normed;

    /// <summary>F32 [T, E], overwritten.</summary>
    public required TensorView Probabilities;

    /// <summary>Written.</summary>
    public required Choice Choice;

    public readonly void Run(int part, int worker)
    {
        int first = part * BlockRows, rows = Math.Min(BlockRows, Step.Rows - first);
        TensorView probabilities = Probabilities.Rows(first, rows);
        GateKernel.Probabilities(Gate, Hidden.Rows(first, rows), Epsilon, Normed.Rows(first, rows), probabilities);
        for (int row = 0; row < rows; row++)
            Choose(first + row, probabilities.At(row).AsSpan<float>());
    }

    private readonly void Choose(int row, Span<float> probabilities)
    {
        RowRule.Restrict(Step, row, probabilities);
        Span<int> experts = Choice.Experts.At(row).AsSpan<int>();
        Span<float> weights = Choice.Weights.At(row).AsSpan<float>();
        ExpertChoice.Largest(probabilities, experts, weights);

        double effort = Step.Sequences[Step.SequenceOfRow.AsSpan<int>()[row]].Effort;
        int count = Rule.ExpertThresholds is { } thresholds
            ? ExpertChoice.Exceeding(thresholds, experts, weights, Rule.Least, effort)
            : ExpertChoice.Count(weights, Rule.Least, effort * Rule.Threshold, Rule.Temperature);
        if (Gate.Renormalises)
            ExpertChoice.Renormalise(weights[..count]);
        Choice.Counts.AsSpan<int>()[row] = count;
    }
}
