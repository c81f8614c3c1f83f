using Spud.Evaluation.Comparison;
using Xunit;

namespace Spud.Tests.Comparison;

public sealed class RowDistributionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(512)]
    [InlineData(1_003)]
    public void Loss_and_divergence_are_those_of_their_definitions(int vocabulary)
    {
        Random random = new(vocabulary);
        float[] p = Logits(random, vocabulary), q = Logits(random, vocabulary);
        (RowDistribution first, RowDistribution other) = (new(vocabulary), new(vocabulary));
        first.Take(p);
        other.Take(q);
        double[] logP = LogSoftmax(p), logQ = LogSoftmax(q);
        for (int token = 0; token < vocabulary; token++)
            Assert.Equal(-logP[token], first.Loss(p, token), 1e-12);

        // 1e-12: sums of up to a thousand terms of at most 30 in double.
        Assert.Equal(logP.Zip(logQ, (a, b) => Math.Exp(a) * (a - b)).Sum(), first.Divergence(p, other, q), 1e-12);
        Assert.Equal(Array.IndexOf(p, p.Max()), first.Best);
    }

    [Fact]
    public void Equal_rows_have_no_divergence_and_almost_equal_ones_a_tiny_one()
    {
        Random random = new(1);
        float[] p = Logits(random, 5_000), q = [.. p.Select(logit => logit + 1e-4f * (random.NextSingle() - 0.5f))];
        (RowDistribution first, RowDistribution other) = (new(p.Length), new(p.Length));
        first.Take(p);
        other.Take(p);
        Assert.Equal(0, first.Divergence(p, other, p));

        other.Take(q);
        double[] logP = LogSoftmax(p), logQ = LogSoftmax(q);
        decimal exact = logP.Zip(logQ, (a, b) => (decimal)(Math.Exp(a) * (a - b)) + (decimal)(Math.Exp(b) - Math.Exp(a))).Sum();
        double found = first.Divergence(p, other, q);
        Assert.InRange(found, 1e-11, 1e-8);
        Assert.Equal((double)exact, found, (double)exact * 1e-3);
    }

    [Fact]
    public void A_token_that_a_row_rules_out_adds_nothing()
    {
        float[] p = [.. Logits(new(3), 64)], q = [.. Logits(new(4), 64)];
        (p[5], q[5], p[6]) = (float.NegativeInfinity, float.NegativeInfinity, float.NegativeInfinity);
        (RowDistribution first, RowDistribution other) = (new(64), new(64));
        first.Take(p);
        other.Take(q);
        double[] logP = LogSoftmax(p), logQ = LogSoftmax(q);
        Assert.Equal(logP.Zip(logQ, (a, b) => double.IsInfinity(a) ? 0 : Math.Exp(a) * (a - b)).Sum(), first.Divergence(p, other, q), 1e-12);
    }

    private static float[] Logits(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => 20 * random.NextSingle() - 10)];

    private static double[] LogSoftmax(float[] logits)
    {
        double max = logits.Max(), sum = logits.Sum(logit => Math.Exp(logit - max));
        return [.. logits.Select(logit => logit - max - Math.Log(sum))];
    }
}
