using Spud.Sampling;
using Xunit;

namespace Spud.Tests.Sampling;

public sealed class SamplerDeterminismTests
{
    [Fact]
    public void The_same_seed_gives_the_same_tokens_and_another_seed_others()
    {
        int[] first = Tokens(new SamplingOptions { Seed = 11 }), again = Tokens(new SamplingOptions { Seed = 11 }), other = Tokens(new SamplingOptions { Seed = 12 });
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public void Without_a_seed_one_is_drawn_and_told_and_repeats_the_run()
    {
        Sampler drawn = new(new(), 1000);
        Assert.NotEqual(drawn.Seed, new Sampler(new(), 1000).Seed);
        Assert.Equal(Tokens(drawn), Tokens(new SamplingOptions { Seed = drawn.Seed }));
    }

    // Recorded once. Run under other vector widths and on other platforms, they hold the sampler to its promise of equal results.
    [Theory]
    [InlineData(0, 1f, 0f, new[] { 576, 288, 812, 898, 812, 791, 833, 830, 864, 241, 969, 320 })]
    [InlineData(40, 0.95f, 0.05f, new[] { 576, 288, 809, 898, 809, 809, 830, 830, 864, 254, 974, 343 })]
    [InlineData(0, 0.5f, 0f, new[] { 576, 288, 812, 898, 812, 791, 838, 830, 864, 241, 969, 325 })]
    public void The_recorded_tokens_come_again_on_every_platform(int topK, float topP, float minP, int[] recorded)
    {
        int[] tokens = Tokens(new SamplingOptions { Seed = 2026, TopK = topK, TopP = topP, MinP = minP });
        Assert.Equal(string.Join(',', recorded), string.Join(',', tokens[..12]));
    }

    private static int[] Tokens(SamplingOptions options) => Tokens(new Sampler(options, 1000));

    private static int[] Tokens(Sampler sampler)
    {
        float[] logits = new float[1000];
        for (uint i = 0; i < logits.Length; i++)
        {
            logits[i] = (i * 2654435761u >> 20) / 1024f; // exact everywhere: 0 to 4
        }
        int[] tokens = new int[50];
        for (int i = 0; i < tokens.Length; i++)
        {
            tokens[i] = sampler.Sample(logits);
            sampler.Accept(tokens[i]);
        }
        return tokens;
    }
}
