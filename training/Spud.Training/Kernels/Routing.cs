using Spud.Training.Model;
using Spud.Training.Model.Selection;
using static TorchSharp.torch;

namespace Spud.Training.Kernels;

/// <summary>
/// Experts of rows by a softmax of router logits, with weights that sum to 1, and the two auxiliary losses: balance E sum(f_e mean(p_e)), with
/// f_e the share of pairs that went to expert e (Switch, arXiv:2101.03961), and z = mean(logsumexp^2) (ST-MoE, arXiv:2202.08906).
/// </summary>
internal static unsafe class Routing
{
    /// <param name="logits">[N, E] f32; becomes probabilities.</param>
    /// <param name="plan">Filled: experts, weights, logs of sums, losses.</param>
    /// <param name="selection">The rule.</param>
    /// <param name="trainingStep">See <see cref="IExpertSelection.Begin"/>.</param>
    public static void Choose(Tensor logits, ExpertAssignment plan, IExpertSelection selection, int? trainingStep)
    {
        int experts = TensorMemory.Width(logits);
        Span<float> probabilities = TensorMemory.Span<float>(logits);
        Span<double> sums = stackalloc double[experts];
        double squares = Softmax(probabilities, plan, sums);
        selection.Begin(probabilities, trainingStep);
        plan.Counts.AsSpan().Clear();
        for (int n = 0; n < plan.Rows; n++)
        {
            int first = plan.Offsets[n];
            ReadOnlySpan<float> row = probabilities.Slice(n * experts, experts);
            int count = selection.Choose(n, row, plan.Experts.AsSpan(first, plan.MaxUsed));
            ReadOnlySpan<int> chosen = plan.Experts.AsSpan(first, count);
            float total = 0;
            foreach (int expert in chosen)
                total += row[expert];
            for (int i = 0; i < count; i++)
            {
                plan.Weights[first + i] = row[chosen[i]] / total;
                plan.Counts[chosen[i]]++;
            }

            plan.Offsets[n + 1] = first + count;
        }

        if (trainingStep is not null)
            selection.Learn(probabilities);
        plan.ZLoss = squares / plan.Rows;
        plan.BalanceLoss = 0;
        for (int e = 0; e < experts; e++)
            plan.BalanceLoss += experts * ((double)plan.Counts[e] / plan.Pairs) * (sums[e] / plan.Rows);
        plan.Group();
    }

    /// <summary>The gradient of the logits: from the weights of the chosen experts, from balance and from z.</summary>
    /// <param name="probabilities">[N, E] f32, of <see cref="Choose"/>; becomes the gradient.</param>
    /// <param name="plan">Of the forward pass; its gradients of weights are read.</param>
    /// <param name="balance">Factor of the balance loss in the whole loss.</param>
    /// <param name="z">Factor of z.</param>
    public static void Backward(Tensor probabilities, ExpertAssignment plan, double balance, double z)
    {
        int experts = TensorMemory.Width(probabilities);
        float* row = TensorMemory.Of<float>(probabilities);
        float* share = stackalloc float[experts];
        for (int e = 0; e < experts; e++)
            share[e] = (float)(balance * experts * plan.Counts[e] / plan.Pairs / plan.Rows);

        for (int n = 0; n < plan.Rows; n++, row += experts)
        {
            Range pairs = plan.Offsets[n]..plan.Offsets[n + 1];
            ReadOnlySpan<float> weights = plan.Weights.AsSpan(pairs), gradients = plan.WeightGradients.AsSpan(pairs);
            float mean = 0, expected = 0, ofLog = (float)(z * 2 * plan.LogSums[n] / plan.Rows);
            for (int i = 0; i < weights.Length; i++)
                mean += weights[i] * gradients[i];
            for (int e = 0; e < experts; e++)
                expected += row[e] * share[e];
            for (int e = 0; e < experts; e++)
                row[e] *= share[e] - expected + ofLog;
            for (int i = 0; i < weights.Length; i++)
                row[plan.Experts[plan.Offsets[n] + i]] += weights[i] * (gradients[i] - mean);
        }
    }

    // Rows in place; their sums by expert, and the sum of the squares of the logs.
    private static double Softmax(Span<float> rows, ExpertAssignment plan, Span<double> sums)
    {
        int experts = sums.Length;
        double squares = 0;
        sums.Clear();
        for (int n = 0; n < plan.Rows; n++)
        {
            Span<float> row = rows.Slice(n * experts, experts);
            float largest = float.NegativeInfinity, sum = 0;
            foreach (float logit in row)
                largest = MathF.Max(largest, logit);
            foreach (ref float value in row)
            {
                value = MathF.Exp(value - largest);
                sum += value;
            }

            for (int e = 0; e < experts; e++)
            {
                row[e] /= sum;
                sums[e] += row[e];
            }

            float log = plan.LogSums[n] = largest + MathF.Log(sum);
            squares += (double)log * log;
        }

        return squares;
    }
}
