using Spud.Training.Model;
using static TorchSharp.torch;

namespace Spud.Training.Kernels;

/// <summary>
/// Top-k over a softmax of router logits, with weights that sum to 1, and the two auxiliary losses: balance E sum(f_e mean(p_e)), with f_e
/// the share of pairs that went to expert e (Switch, arXiv:2101.03961), and z = mean(logsumexp^2) (ST-MoE, arXiv:2202.08906).
/// </summary>
internal static unsafe class Routing
{
    /// <param name="logits">[N, E] f32; becomes probabilities.</param>
    /// <param name="plan">Filled: experts, weights, logs of sums, losses.</param>
    public static void Choose(Tensor logits, ExpertAssignment plan)
    {
        int experts = TensorMemory.Width(logits), k = plan.Used;
        float* row = TensorMemory.Of<float>(logits);
        double squares = 0;
        Span<double> sums = stackalloc double[experts];
        sums.Clear();
        plan.Counts.AsSpan().Clear();
        for (int n = 0; n < plan.Rows; n++, row += experts)
        {
            Span<int> chosen = plan.Experts.AsSpan(n * k, k);
            Largest(row, experts, chosen);
            float log = Softmax(row, experts, row[chosen[0]]);
            plan.LogSums[n] = log;
            squares += (double)log * log;
            float total = 0;
            for (int i = 0; i < k; i++)
                total += row[chosen[i]];
            for (int i = 0; i < k; i++)
            {
                plan.Weights[n * k + i] = row[chosen[i]] / total;
                plan.Counts[chosen[i]]++;
            }

            for (int e = 0; e < experts; e++)
                sums[e] += row[e];
        }

        plan.ZLoss = squares / plan.Rows;
        plan.BalanceLoss = 0;
        for (int e = 0; e < experts; e++)
            plan.BalanceLoss += experts * ((double)plan.Counts[e] / (plan.Rows * k)) * (sums[e] / plan.Rows);
        plan.Group();
    }

    /// <summary>The gradient of the logits: from the weights of the chosen experts, from balance and from z.</summary>
    /// <param name="probabilities">[N, E] f32, of <see cref="Choose"/>; becomes the gradient.</param>
    /// <param name="plan">Of the forward pass; its gradients of weights are read.</param>
    /// <param name="balance">Factor of the balance loss in the whole loss.</param>
    /// <param name="z">Factor of z.</param>
    public static void Backward(Tensor probabilities, ExpertAssignment plan, double balance, double z)
    {
        int experts = TensorMemory.Width(probabilities), k = plan.Used;
        float* row = TensorMemory.Of<float>(probabilities);
        float* share = stackalloc float[experts];
        for (int e = 0; e < experts; e++)
            share[e] = (float)(balance * experts * plan.Counts[e] / ((double)plan.Rows * k) / plan.Rows);

        for (int n = 0; n < plan.Rows; n++, row += experts)
        {
            ReadOnlySpan<float> weights = plan.Weights.AsSpan(n * k, k), gradients = plan.WeightGradients.AsSpan(n * k, k);
            float mean = 0, expected = 0, ofLog = (float)(z * 2 * plan.LogSums[n] / plan.Rows);
            for (int i = 0; i < k; i++)
                mean += weights[i] * gradients[i];
            for (int e = 0; e < experts; e++)
                expected += row[e] * share[e];
            for (int e = 0; e < experts; e++)
                row[e] *= share[e] - expected + ofLog;
            for (int i = 0; i < k; i++)
                row[plan.Experts[n * k + i]] += weights[i] * (gradients[i] - mean);
        }
    }

    // Descending; ties go to the lower index.
    private static void Largest(float* row, int experts, Span<int> chosen)
    {
        int found = 0;
        for (int e = 0; e < experts; e++)
        {
            if (found == chosen.Length && !(row[e] > row[chosen[^1]]))
                continue;

            int at = found < chosen.Length ? found++ : chosen.Length - 1;
            for (; at > 0 && row[e] > row[chosen[at - 1]]; at--)
                chosen[at] = chosen[at - 1];
            chosen[at] = e;
        }
    }

    private static float Softmax(float* row, int experts, float largest)
    {
        float sum = 0;
        for (int e = 0; e < experts; e++)
        {
            row[e] = MathF.Exp(row[e] - largest);
            sum += row[e];
        }

        for (int e = 0; e < experts; e++)
            row[e] /= sum;

        return largest + MathF.Log(sum);
    }
}
