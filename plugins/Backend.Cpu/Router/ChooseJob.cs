using Backend.Cpu.Kernels;
using Spud;

namespace Backend.Cpu.Router;

/// <summary>
/// Fills a row of the plan; a part is a row. Every row has K experts, so each knows its place: rows need no order.
/// Probabilities are softmax over all E; renormalised, the sum of the chosen is at least 2^-14 (llama.cpp's guard).
/// </summary>
internal struct ChooseJob : IJob
{
    private const float LeastSum = 6.103515625e-5f;

    public required RouterLayer Router;

    /// <summary>F32 [T, E], overwritten.</summary>
    public required TensorView Scores;

    public required RoutingPlan Plan;

    public readonly void Run(int part, int worker)
    {
        Span<float> probabilities = Scores.At(part).AsSpan<float>();
        Vectors.Softmax(probabilities);
        int k = Router.Used;
        Span<int> offsets = Plan.Offsets.AsSpan<int>(), experts = Plan.Experts.AsSpan<int>().Slice(part * k, k);
        Span<float> weights = Plan.Weights.AsSpan<float>().Slice(part * k, k);
        offsets[part + 1] = (part + 1) * k;
        if (part == 0)
            offsets[0] = 0;

        float sum = 0;
        for (int i = 0; i < k; i++)
        {
            int best = FirstOfLargest(probabilities);
            (experts[i], weights[i]) = (best, probabilities[best]);
            sum += weights[i];
            probabilities[best] = float.NegativeInfinity;
        }

        if (Router.Renormalises)
            Vectors.Scale(1 / MathF.Max(sum, LeastSum), weights, weights);
    }

    private static int FirstOfLargest(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
            if (values[i] > values[best])
                best = i;

        return best;
    }
}
