using Spud.Sampling;
using Xunit;

namespace Spud.Tests.Sampling;

public sealed class SamplerDistributionTests
{
    private const int Draws = 200_000;

    private static readonly float[] Logits = [0.1f, 2f, -1f, 1.3f, 0.7f, -3f, 1.9f, float.NegativeInfinity, 0.4f, -0.6f];

    // Expected: which ids stay is worked out by hand from the ranking 1, 6, 3, 4, 8, 0, 9, 2, 5.
    [Theory]
    [InlineData(1f, 0, 1f, 0f, new[] { 0, 1, 2, 3, 4, 5, 6, 8, 9 })]
    [InlineData(0.5f, 0, 1f, 0f, new[] { 0, 1, 2, 3, 4, 5, 6, 8, 9 })]
    [InlineData(2f, 4, 1f, 0f, new[] { 1, 3, 4, 6 })]
    [InlineData(1f, 0, 0.7f, 0f, new[] { 1, 3, 6 })] // 0.310 + 0.280 + 0.154 of all
    [InlineData(1f, 0, 1f, 0.25f, new[] { 1, 3, 4, 6 })] // 2 + ln 0.25 = 0.61
    public void Draws_follow_the_softmax_of_the_kept_tokens(float temperature, int topK, float topP, float minP, int[] kept)
    {
        Sampler sampler = new(new() { Temperature = temperature, TopK = topK, TopP = topP, MinP = minP, Seed = 99 }, Logits.Length);
        int[] counts = new int[Logits.Length];
        for (int i = 0; i < Draws; i++)
        {
            counts[sampler.Sample(Logits)]++;
        }
        double total = kept.Sum(id => Math.Exp(Logits[id] / temperature));
        double chiSquare = 0;
        foreach (int id in kept)
        {
            double expected = Draws * Math.Exp(Logits[id] / temperature) / total;
            chiSquare += Math.Pow(counts[id] - expected, 2) / expected;
        }
        Assert.Equal(Draws, kept.Sum(id => counts[id]));
        // The 99.9th percentile of chi-square with 8 degrees of freedom, the most of these cases.
        Assert.True(chiSquare < 26.12, $"chi-square {chiSquare:F2} with {kept.Length - 1} degrees of freedom: {string.Join(' ', counts)}");
    }
}
