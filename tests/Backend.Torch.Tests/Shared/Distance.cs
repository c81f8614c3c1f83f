using Xunit;

namespace Backend.Torch.Tests.Shared;

/// <summary>How far logits lie from others.</summary>
internal static class Distance
{
    /// <summary>Root of the mean square, in parts of the expected ones' range.</summary>
    public static double Rms(float[] expected, float[] got)
    {
        Assert.Equal(expected.Length, got.Length);
        double squares = 0;
        for (int i = 0; i < got.Length; i++)
        {
            Assert.True(float.IsFinite(got[i]), $"logit {i} is {got[i]}");
            squares += Math.Pow((double)got[i] - expected[i], 2);
        }

        return Math.Sqrt(squares / got.Length) / (expected.Max() - (double)expected.Min());
    }

    /// <summary>Mean over rows of the divergence of got's distribution from expected's, nats.</summary>
    public static double MeanKl(float[] expected, float[] got, int vocabulary)
    {
        int rows = expected.Length / vocabulary;
        return Enumerable.Range(0, rows).Average(row =>
        {
            double[] p = LogSoftmax(expected.AsSpan(row * vocabulary, vocabulary)), q = LogSoftmax(got.AsSpan(row * vocabulary, vocabulary));
            return p.Zip(q, (a, b) => Math.Exp(a) * (a - b)).Sum();
        });
    }

    private static double[] LogSoftmax(ReadOnlySpan<float> logits)
    {
        float[] all = logits.ToArray();
        double top = all.Max(), sum = all.Sum(logit => Math.Exp(logit - top));
        return [.. all.Select(logit => logit - top - Math.Log(sum))];
    }
}
