using Spud.Metering;

namespace Spud.Tests.Metering.Budgets;

/// <summary>FLOPs of stories260K and its mixture, from their hyperparameters alone: what a row costs that has some tokens before it.</summary>
/// <param name="E">1: the dense model.</param>
/// <param name="Most">Maximum experts of a row.</param>
internal sealed record PencilCosts(int E, int Most)
{
    public const int L = 5;
    private const int C = 64;
    private const int H = 8;
    private const int G = 4;
    private const int D = 8;
    private const int F = 172;
    private const int V = 512;

    /// <summary>One expert of one layer for one row.</summary>
    public const long Expert = 2L * 3 * C * F;

    public const long Logits = 2L * C * V;

    /// <summary>Everything but experts and logits.</summary>
    public long Row(int depth) => L * (2L * C * D * (2 * H + 2 * G) + (depth + 1) * 4L * H * D + (E > 1 ? 2L * C * E : 0));

    /// <summary>The most that rows from a depth on may cost.</summary>
    public long AtMost(int depth, int rows, int logitRows) =>
        Enumerable.Range(depth, rows).Sum(at => Row(at) + L * Most * Expert) + logitRows * Logits;

    /// <summary>As a limit that pays for exactly so much.</summary>
    public static Budget Limit(long flops) => Budget.OfCompute(flops / 1e9m);
}
