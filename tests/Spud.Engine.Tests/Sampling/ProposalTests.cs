using Spud.Sampling;
using Xunit;

namespace Spud.Tests.Sampling;

/// <summary>Tokens that a drafter drew from its own distribution are chosen with the model's: the chi-square statistic of many draws says so.</summary>
public sealed class ProposalTests
{
    private const int Draws = 60_000;

    // 99.99 % of samples of the right distribution with up to 7 degrees of freedom lie below; the seeds are fixed.
    private const double Limit = 31;

    private static readonly float[] s_logits = [0.2f, -1, 1.4f, 0.9f, -0.3f, 2, -2.5f, 0];

    public static TheoryData<string, float[]> Drafters => new()
    {
        { "similar", [0.1f, 0.04f, 0.25f, 0.1f, 0.06f, 0.35f, 0.02f, 0.08f] },
        { "uniform", [0.125f, 0.125f, 0.125f, 0.125f, 0.125f, 0.125f, 0.125f, 0.125f] },
        { "sure of the wrong one", [0, 0, 0, 0, 0.98f, 0, 0.02f, 0] },
        { "sure of the right one", [0, 0, 0, 0, 0, 1, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(Drafters))]
    public void The_distribution_is_the_model_s(string drafter, float[] probabilities)
    {
        foreach (SamplingOptions options in new SamplingOptions[]
        {
            new() { Temperature = 1, TopK = 0, TopP = 1, MinP = 0, Seed = 1 },
            new() { Temperature = 0.7f, TopK = 5, TopP = 1, MinP = 0, Seed = 2 },
            new() { Temperature = 1.5f, TopK = 0, TopP = 0.8f, MinP = 0, RepetitionPenalty = 1.5f, PresencePenalty = 0.3f, Seed = 3 },
        })
        {
            long[] with = Counts(options, probabilities, ~0ul), without = Counts(options, null, ~0ul);
            Assert.True(ChiSquare(with, without) < Limit, $"{drafter}: {string.Join(" ", with)} with drafts, {string.Join(" ", without)} without");
            const ulong Allowed = 0b1011_0110;
            with = Counts(options, probabilities, Allowed);
            without = Counts(options, null, Allowed);
            Assert.True(ChiSquare(with, without) < Limit, $"{drafter}, constrained: {string.Join(" ", with)} with drafts, {string.Join(" ", without)} without");
        }
    }

    [Fact]
    public void A_drafter_that_agrees_is_never_rejected()
    {
        Sampler sampler = new(new() { Temperature = 1, TopK = 0, TopP = 1, MinP = 0, Seed = 4 }, 4);
        float[] even = [1, 1, 1, 1], quarter = [0.25f, 0.25f, 0.25f, 0.25f];
        for (int i = 0; i < 1000; i++)
            Assert.Equal(i % 4, sampler.Sample(even, new Proposal(i % 4, [0, 1, 2, 3], quarter)));
    }

    [Fact]
    public void A_token_of_no_known_distribution_changes_nothing()
    {
        Sampler one = new(new() { Temperature = 1, Seed = 5 }, s_logits.Length), other = new(new() { Temperature = 1, Seed = 5 }, s_logits.Length);
        float[] logits = [.. s_logits];
        for (int i = 0; i < 200; i++)
            Assert.Equal(one.Sample(logits), other.Sample(logits, new Proposal(i % 8, [], [])));
    }

    [Fact]
    public void At_temperature_0_the_most_likely_token_is_chosen()
    {
        Sampler sampler = new(new() { Temperature = 0 }, s_logits.Length);
        Assert.Equal(5, sampler.Sample([.. s_logits], new Proposal(4, [4, 6], [0.98f, 0.02f])));
    }

    private static long[] Counts(SamplingOptions options, float[]? probabilities, ulong allowed)
    {
        Sampler sampler = new(options, s_logits.Length);
        sampler.Accept(5);
        sampler.Accept(2);
        Random random = new(6);
        int[] choices = [.. Enumerable.Range(0, s_logits.Length).Where(id => probabilities?[id] > 0)];
        float[] ofChoices = [.. choices.Select(id => probabilities![id])], logits = [.. s_logits];
        long[] counts = new long[s_logits.Length];
        for (int i = 0; i < Draws; i++)
        {
            Proposal proposal = probabilities is null ? default : new(Drawn(random, choices, ofChoices), choices, ofChoices);
            counts[allowed == ~0ul ? sampler.Sample(logits, proposal) : sampler.Sample(logits, [allowed], proposal)]++;
        }

        return counts;
    }

    private static int Drawn(Random random, int[] choices, float[] probabilities)
    {
        double left = random.NextDouble();
        for (int i = 0; i < choices.Length - 1; i++)
        {
            if ((left -= probabilities[i]) < 0)
                return choices[i];
        }

        return choices[^1];
    }

    // Of two samples of equal size.
    private static double ChiSquare(long[] one, long[] other) =>
        one.Zip(other, static (a, b) => a + b == 0 ? 0 : (a - b) * (double)(a - b) / (a + b)).Sum();
}
