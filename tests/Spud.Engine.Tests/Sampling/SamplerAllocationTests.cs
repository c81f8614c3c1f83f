using Spud.Sampling;
using Xunit;

namespace Spud.Tests.Sampling;

public sealed class SamplerAllocationTests
{
    [Theory]
    [InlineData(0f, 40, 0.95f)]
    [InlineData(0.8f, 40, 0.95f)]
    [InlineData(0.8f, 0, 0.95f)]
    [InlineData(0.8f, 5000, 0.5f)]
    [InlineData(0.8f, 0, 1f)]
    public void A_token_costs_no_managed_byte(float temperature, int topK, float topP)
    {
        SamplingOptions options = new()
        {
            Temperature = temperature,
            TopK = topK,
            TopP = topP,
            RepetitionPenalty = 1.1f,
            RepetitionWindow = 50,
            PresencePenalty = 0.1f,
            FrequencyPenalty = 0.1f,
            LogitBias = new Dictionary<int, float> { [7] = 1 },
            Seed = 4,
            LogProbabilities = 5,
        };
        float[] logits = RandomLogits.Make(new Random(8), 20_000, 0);
        Sampler sampler = new(options, logits.Length);
        Generate(sampler, logits, 20); // jits
        long before = GC.GetAllocatedBytesForCurrentThread();
        Generate(sampler, logits, 300);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Generate(Sampler sampler, float[] logits, int count)
    {
        for (int i = 0; i < count; i++)
        {
            sampler.Accept(sampler.Sample(logits));
            sampler.Accept(i * 37 % logits.Length); // many distinct ids pass through the window
        }
    }
}
