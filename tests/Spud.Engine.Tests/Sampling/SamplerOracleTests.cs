using Spud.Sampling;
using Xunit;

namespace Spud.Tests.Sampling;

public sealed class SamplerOracleTests
{
    [Theory]
    [InlineData(1, 3000, 300)]
    [InlineData(2, 3000, 40)]
    [InlineData(3, 150, 6000)]
    public void Random_options_over_random_logits_choose_what_the_sorted_oracle_chooses(int seed, int cases, int largestVocabulary)
    {
        Random random = new(seed);
        for (int i = 0; i < cases; i++)
        {
            int vocabulary = random.Next(1, largestVocabulary + 1);
            SamplingOptions options = RandomOptions(random, vocabulary);
            Sampler sampler = new(options, vocabulary);
            OracleSampler oracle = new(options);
            for (int token = 0; token < 6; token++)
            {
                float[] logits = RandomLogits.Make(random, vocabulary, random.Next(RandomLogits.Kinds));
                int expected = oracle.Sample(logits);
                int got = sampler.Sample(logits);
                Assert.True(expected == got, $"case {i}, token {token}, V {vocabulary}: expected {expected}, got {got} with {options}");
                sampler.Accept(got);
                oracle.Accept(got);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(4999)]
    [InlineData(5000)]
    public void Top_k_keeps_the_same_tokens_on_both_sides_of_the_border_between_heap_and_selection(int topK)
    {
        Random random = new(topK);
        SamplingOptions options = new() { Temperature = 100, TopK = topK, TopP = 1, MinP = 0, Seed = 5 };
        for (int kind = 0; kind < RandomLogits.Kinds; kind++)
        {
            float[] logits = RandomLogits.Make(random, 5000, kind);
            Sampler sampler = new(options, logits.Length);
            OracleSampler oracle = new(options);
            for (int i = 0; i < 20; i++)
            {
                Assert.Equal(oracle.Sample(logits), sampler.Sample(logits));
            }
        }
    }

    private static SamplingOptions RandomOptions(Random random, int vocabulary) => new()
    {
        Temperature = random.Next(5) == 0 ? 0 : 0.05f + (3 * random.NextSingle()),
        TopK = random.Next(3) switch { 0 => 0, 1 => random.Next(1, 20), _ => random.Next(1, vocabulary + 2) },
        TopP = random.Next(3) == 0 ? 1 : random.Next(20) == 0 ? 0 : random.NextSingle(),
        MinP = random.Next(2) == 0 ? 0 : random.Next(20) == 0 ? 1 : random.NextSingle() * random.NextSingle(),
        RepetitionPenalty = random.Next(2) == 0 ? 1 : 0.5f + (2 * random.NextSingle()),
        RepetitionWindow = random.Next(5),
        PresencePenalty = random.Next(2) == 0 ? 0 : (4 * random.NextSingle()) - 2,
        FrequencyPenalty = random.Next(2) == 0 ? 0 : (4 * random.NextSingle()) - 2,
        LogitBias = random.Next(2) == 0 ? null : RandomBias(random, vocabulary),
        Seed = (ulong)random.NextInt64(),
    };

    // Never a ban: it could leave nothing to choose. Bans have a test of their own.
    private static Dictionary<int, float> RandomBias(Random random, int vocabulary)
    {
        Dictionary<int, float> bias = [];
        for (int i = random.Next(1, 5); i > 0; i--)
        {
            bias[random.Next(vocabulary)] = (20 * random.NextSingle()) - 10;
        }
        return bias;
    }
}
