using Spud.Sampling;
using Xunit;

namespace Spud.Tests.Sampling;

public sealed class SamplerTests
{
    private static SamplingOptions Greedy => new() { Temperature = 0 };

    private static SamplingOptions Plain => new() { Temperature = 1, TopK = 0, TopP = 1, MinP = 0, Seed = 1 };

    [Theory]
    [InlineData(0)]
    [InlineData(1.5f)]
    public void Logits_beyond_the_vocabulary_pad_a_matrix_and_are_never_chosen(float temperature)
    {
        Sampler sampler = new(new() { Temperature = temperature, Seed = 3 }, 4);
        for (int i = 0; i < 100; i++)
            Assert.InRange(sampler.Sample([0, 1, 2, 3, 90, float.NaN]), 0, 3);
    }

    [Fact]
    public void Greedy_takes_the_lowest_id_of_equal_maxima_wherever_they_lie()
    {
        for (int length = 1; length <= 70; length++)
        {
            for (int first = 0; first < length; first++)
            {
                float[] logits = new float[length];
                Array.Fill(logits, -1);
                logits[first] = -0f;
                logits[^1] = first == length - 1 ? -0f : 0f;
                Assert.Equal(first, new Sampler(Greedy, length).Sample(logits));
            }
        }
    }

    [Theory]
    [InlineData(float.NaN, 0f)]
    [InlineData(float.NaN, 0.8f)]
    [InlineData(float.PositiveInfinity, 0f)]
    [InlineData(float.PositiveInfinity, 0.8f)]
    public void A_logit_that_is_no_number_names_the_token_and_a_faulty_component(float bad, float temperature)
    {
        float[] logits = new float[1000];
        logits[617] = bad;
        Sampler sampler = new(new() { Temperature = temperature }, logits.Length);
        InvalidDataException fault = Assert.Throws<InvalidDataException>(() => sampler.Sample(logits));
        Assert.Equal($"logits: token 617 of 1000 has {bad}, expected a number or negative infinity: a component of the pipeline is faulty.", fault.Message);
    }

    [Fact]
    public void Only_negative_infinities_are_an_error()
    {
        float[] logits = [float.NegativeInfinity, float.NegativeInfinity];
        InvalidDataException fault = Assert.Throws<InvalidDataException>(() => new Sampler(Plain, 2).Sample(logits));
        Assert.Equal("logits: none of 2 is above negative infinity: a component of the pipeline is faulty.", fault.Message);
    }

    [Fact]
    public void Banning_every_token_is_an_error_that_names_the_bias_and_the_logits_are_restored()
    {
        Dictionary<int, float> ban = new() { [0] = float.NegativeInfinity, [1] = float.NegativeInfinity };
        float[] logits = [1, 2];
        InvalidDataException fault = Assert.Throws<InvalidDataException>(() => new Sampler(Plain with { LogitBias = ban }, 2).Sample(logits));
        Assert.Contains("LogitBias bans every token", fault.Message);
        Assert.Equal([1, 2], logits);
    }

    [Fact]
    public void A_banned_token_is_never_chosen()
    {
        float[] logits = [5, 9, 5];
        Sampler sampler = new(Plain with { LogitBias = new Dictionary<int, float> { [1] = float.NegativeInfinity } }, 3);
        for (int i = 0; i < 1000; i++)
        {
            Assert.NotEqual(1, sampler.Sample(logits));
        }
    }

    [Fact]
    public void A_wrong_number_of_logits_says_both_numbers() =>
        Assert.StartsWith("logits: expected at least 3, got 2.", Assert.Throws<ArgumentException>(() => new Sampler(Plain, 3).Sample(new float[2])).Message);

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    public void Accepting_an_id_outside_of_the_vocabulary_is_refused(int id) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sampler(Plain, 3).Accept(id));

    [Fact]
    public void A_positive_logit_is_divided_and_a_negative_one_multiplied_by_the_repetition_penalty()
    {
        Sampler sampler = new(Greedy with { RepetitionPenalty = 2 }, 3);
        Assert.Equal(0, sampler.Sample([4, 3, -9]));
        sampler.Accept(0);
        Assert.Equal(1, sampler.Sample([4, 3, -9])); // 2, 3
        Assert.Equal(1, sampler.Sample([-4, -7, -9])); // -8, -7
    }

    [Fact]
    public void Presence_counts_once_and_frequency_counts_each_time()
    {
        Sampler presence = new(Greedy with { PresencePenalty = 1 }, 2), frequency = new(Greedy with { FrequencyPenalty = 1 }, 2);
        for (int i = 0; i < 2; i++)
        {
            presence.Accept(0);
            frequency.Accept(0);
        }
        Assert.Equal(0, presence.Sample([1.5f, 0])); // 0.5
        Assert.Equal(1, frequency.Sample([1.5f, 0])); // -0.5
    }

    [Fact]
    public void A_token_that_leaves_the_window_is_forgiven()
    {
        Sampler sampler = new(Greedy with { PresencePenalty = 1, RepetitionWindow = 2 }, 3);
        sampler.Accept(0);
        Assert.Equal(1, sampler.Sample([0.5f, 0, -2]));
        sampler.Accept(2);
        Assert.Equal(1, sampler.Sample([0.5f, 0, -2]));
        sampler.Accept(2);
        Assert.Equal(0, sampler.Sample([0.5f, 0, -2]));
    }

    [Fact]
    public void The_logits_come_back_bit_for_bit()
    {
        Random random = new(3);
        float[] logits = RandomLogits.Make(random, 500, 1);
        float[] before = [.. logits];
        Sampler sampler = new(new() { RepetitionPenalty = 1.3f, FrequencyPenalty = 0.7f, LogitBias = new Dictionary<int, float> { [3] = 1.1f, [9] = -7.7f } }, 500);
        sampler.Accept(3);
        for (int i = 0; i < 100; i++)
        {
            sampler.Accept(sampler.Sample(logits));
            Assert.Equal(before.Select(BitConverter.SingleToInt32Bits), logits.Select(BitConverter.SingleToInt32Bits));
        }
    }

    [Fact]
    public void Changing_the_options_later_changes_nothing()
    {
        Dictionary<int, float> bias = new() { [1] = 10 };
        SamplingOptions options = Greedy with { LogitBias = bias };
        Sampler sampler = new(options, 2);
        bias[1] = -10;
        options.LogitBias = null;
        Assert.Equal(1, sampler.Sample([1, 0]));
    }
}
