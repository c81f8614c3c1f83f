using Spud.Sampling;
using Xunit;

namespace Spud.Tests.Sampling;

public sealed class SamplingOptionsTests
{
    public static TheoryData<SamplingOptions, string> OutOfRange => new()
    {
        { new() { Temperature = -0.1f }, "Temperature: -0.1 is out of range: 0 to 100 (0 is greedy)." },
        { new() { Temperature = float.NaN }, "Temperature: NaN is out of range: 0 to 100 (0 is greedy)." },
        { new() { Temperature = float.PositiveInfinity }, "Temperature: Infinity is out of range: 0 to 100 (0 is greedy)." },
        { new() { TopK = -1 }, "TopK: -1 is out of range: 0 or more (0 is off)." },
        { new() { TopP = 1.01f }, "TopP: 1.01 is out of range: 0 to 1 (1 is off)." },
        { new() { TopP = float.NaN }, "TopP: NaN is out of range: 0 to 1 (1 is off)." },
        { new() { MinP = -0.01f }, "MinP: -0.01 is out of range: 0 to 1 (0 is off)." },
        { new() { RepetitionPenalty = 0 }, "RepetitionPenalty: 0 is out of range: 0.01 to 100 (1 is off)." },
        { new() { RepetitionWindow = -1 }, "RepetitionWindow: -1 is out of range: 0 to 16777216 (0 is off)." },
        { new() { PresencePenalty = 101 }, "PresencePenalty: 101 is out of range: -100 to 100 (0 is off)." },
        { new() { FrequencyPenalty = float.NegativeInfinity }, "FrequencyPenalty: -Infinity is out of range: -100 to 100 (0 is off)." },
        { new() { LogProbabilities = 1001 }, "LogProbabilities: 1001 is out of range: 0 to 1000 (0 is off)." },
        { Biased(5, float.NaN), "LogitBias[5]: NaN is out of range: -1000 to 1000 (or negative infinity, which bans the token)." },
        { Biased(5, float.PositiveInfinity), "LogitBias[5]: Infinity is out of range: -1000 to 1000 (or negative infinity, which bans the token)." },
        { Biased(10, 1), "LogitBias: token id 10 is out of range: 0 to 9, the model's vocabulary." },
        { Biased(-1, 1), "LogitBias: token id -1 is out of range: 0 to 9, the model's vocabulary." },
    };

    [Theory]
    [MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public void A_value_out_of_range_is_refused_with_option_value_and_range(SamplingOptions options, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => new Sampler(options, 10)).Message);

    [Fact]
    public void The_ends_of_every_range_are_allowed()
    {
        SamplingOptions least = new()
        {
            Temperature = 0,
            TopK = 0,
            TopP = 0,
            MinP = 0,
            RepetitionPenalty = 0.01f,
            RepetitionWindow = 0,
            PresencePenalty = -100,
            FrequencyPenalty = -100,
            LogitBias = new Dictionary<int, float> { [0] = float.NegativeInfinity, [1] = -1000 },
            Seed = 0,
            LogProbabilities = 0,
        };
        SamplingOptions most = new()
        {
            Temperature = 100,
            TopK = int.MaxValue,
            TopP = 1,
            MinP = 1,
            RepetitionPenalty = 100,
            RepetitionWindow = 1 << 24,
            PresencePenalty = 100,
            FrequencyPenalty = 100,
            LogitBias = new Dictionary<int, float> { [9] = 1000 },
            Seed = ulong.MaxValue,
            LogProbabilities = 1000,
        };
        Assert.Equal(2, new Sampler(least, 10).Sample([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]));
        Assert.Equal(9, new Sampler(most, 10).Sample([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]));
    }

    private static SamplingOptions Biased(int id, float bias) => new() { LogitBias = new Dictionary<int, float> { [id] = bias } };
}
