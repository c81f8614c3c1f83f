using Xunit;

namespace Spud.Tests.Execution.EndToEnd;

/// <summary>How far logits lie from others, in parts of the others' range (largest minus smallest).</summary>
/// <param name="Max">Largest error.</param>
/// <param name="Rms">Root of the mean square.</param>
internal readonly record struct Distance(double Max, double Rms)
{
    /// <summary>How far results of one pipeline may lie apart when a prompt is cut differently.</summary>
    public const double AcrossChunks = 1e-5;

    public static Distance Between(ReadOnlySpan<float> got, ReadOnlySpan<float> expected)
    {
        Assert.Equal(expected.Length, got.Length);
        float low = float.PositiveInfinity, high = float.NegativeInfinity;
        double max = 0, squares = 0;
        for (int i = 0; i < got.Length; i++)
        {
            double error = Math.Abs((double)got[i] - expected[i]);
            Assert.True(double.IsFinite(error), $"logit {i} is {got[i]}, expected {expected[i]}");
            (low, high) = (Math.Min(low, expected[i]), Math.Max(high, expected[i]));
            (max, squares) = (Math.Max(max, error), squares + error * error);
        }

        return new(max / (high - low), Math.Sqrt(squares / got.Length) / (high - low));
    }

    /// <summary>Loss in nats of a token under logits.</summary>
    public static double Loss(ReadOnlySpan<float> logits, int token)
    {
        float top = float.NegativeInfinity;
        foreach (float logit in logits)
            top = Math.Max(top, logit);

        double sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit - top);

        return top + Math.Log(sum) - logits[token];
    }
}
