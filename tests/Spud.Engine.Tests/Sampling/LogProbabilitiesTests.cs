using Spud.Sampling;
using Xunit;

namespace Spud.Tests.Sampling;

public sealed class LogProbabilitiesTests
{
    [Fact]
    public void They_are_those_of_the_raw_distribution_whatever_bias_penalties_and_temperature_do()
    {
        Random random = new(21);
        for (int i = 0; i < 500; i++)
        {
            int vocabulary = random.Next(1, 400), top = random.Next(1, 12);
            float[] logits = RandomLogits.Make(random, vocabulary, i % RandomLogits.Kinds);
            Dictionary<int, float> bias = new() { [random.Next(vocabulary)] = 5 };
            Sampler sampler = new(new() { Temperature = 1.7f, FrequencyPenalty = 1, LogitBias = bias, Seed = 1, LogProbabilities = top }, vocabulary);
            sampler.Accept(random.Next(vocabulary));
            int chosen = sampler.Sample(logits);
            Check(logits, chosen, Math.Min(top, vocabulary), sampler.LogProbabilities!);
        }
    }

    [Fact]
    public void Greedy_reports_them_too_and_equal_tokens_rank_by_id()
    {
        Sampler sampler = new(new() { Temperature = 0, LogProbabilities = 3 }, 4);
        Assert.Equal(1, sampler.Sample([float.NegativeInfinity, 2, 2, 2]));
        Assert.Equal([1, 2, 3], sampler.LogProbabilities!.Top.ToArray().Select(t => t.TokenId));
        Assert.Equal(-Math.Log(3), sampler.LogProbabilities.Chosen.LogProbability, 1e-15);
    }

    [Fact]
    public void Logits_far_from_zero_neither_overflow_nor_vanish()
    {
        Sampler sampler = new(new() { Temperature = 0, LogProbabilities = 2 }, 2);
        sampler.Sample([-3e38f, -3e38f]);
        Assert.Equal(0, sampler.LogProbabilities!.Chosen.LogProbability + Math.Log(2), 1e-12);
    }

    [Fact]
    public void There_are_none_unless_asked_for() => Assert.Null(new Sampler(new(), 4).LogProbabilities);

    // Tolerance: 1e-12 relative, since the oracle's own sum has that error at most; absolute likewise.
    private static void Check(float[] logits, int chosen, int top, LogProbabilities got)
    {
        double max = logits.Max();
        double normaliser = Math.Log(logits.Sum(logit => Math.Exp(logit - max)));
        int[] ranking = [.. Enumerable.Range(0, logits.Length).OrderByDescending(id => logits[id]).ThenBy(id => id).Take(top)];
        Assert.Equal(ranking, got.Top.ToArray().Select(t => t.TokenId));
        Assert.Equal(chosen, got.Chosen.TokenId);
        foreach (TokenLogProbability token in (TokenLogProbability[])[got.Chosen, .. got.Top])
        {
            double expected = logits[token.TokenId] - max - normaliser;
            Assert.True(expected == token.LogProbability || Math.Abs(expected - token.LogProbability) <= 1e-12 * (1 + Math.Abs(expected)), $"{token}: expected {expected}");
        }
    }
}
