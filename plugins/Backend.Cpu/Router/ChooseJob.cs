using Backend.Cpu.Kernels;
using Spud;
using Spud.Numerics;

namespace Backend.Cpu.Router;

/// <summary>
/// Fills a row of the plan; one part per row. Every row has K experts, so its offset is known and rows need no order.
/// Probabilities are a softmax over all E.
/// </summary>
internal struct ChooseJob : IJob
{
    public required RouterLayer Router;

    /// <summary>F32 [T, E], overwritten.</summary>
    public required TensorView Scores;

    public required RoutingPlan Plan;

    public readonly void Run(int part, int worker)
    {
        Span<float> probabilities = Scores.At(part).AsSpan<float>();
        Vectors.Softmax(probabilities);
        int k = Router.Used;
        Span<int> offsets = Plan.Offsets.AsSpan<int>();
        Span<float> weights = Plan.Weights.AsSpan<float>().Slice(part * k, k);
        offsets[part + 1] = (part + 1) * k;
        if (part == 0)
            offsets[0] = 0;

        ExpertChoice.Largest(probabilities, Plan.Experts.AsSpan<int>().Slice(part * k, k), weights);
        if (Router.Renormalises)
            ExpertChoice.Renormalise(weights);
    }
}
