using Xunit;

namespace Drafter.Model.Tests;

/// <summary>The most likely tokens are those of a sort, with the softmax of their logits.</summary>
public sealed class TopTokensTests
{
    [Theory]
    [InlineData(5, 1f)]
    [InlineData(100, 1f)]
    [InlineData(3000, 0.3f)]
    [InlineData(3000, 2f)]
    public void They_are_those_of_a_sort(int vocabulary, float temperature)
    {
        Random random = new(vocabulary);
        float[] logits = [.. Enumerable.Range(0, vocabulary).Select(_ => (float)(random.NextDouble() * 10))];
        logits[vocabulary / 2] = logits[vocabulary / 3];
        TopTokens top = new();
        Assert.True(top.Take(logits, temperature));
        int[] expected = [.. Enumerable.Range(0, vocabulary).OrderByDescending(id => logits[id]).ThenBy(static id => id).Take(TopTokens.MaxCount)];
        double max = logits.Max(), sum = expected.Sum(id => Math.Exp((logits[id] - max) / temperature));
        Assert.Equal(expected.Order(), top.Ids.ToArray());
        Assert.Equal(expected[0], top.Best);
        Assert.Equal(1 / sum, top.MaxProbability, 1e-6);
        for (int i = 0; i < top.Ids.Length; i++)
            Assert.Equal(Math.Exp((logits[top.Ids[i]] - max) / temperature) / sum, top.Probabilities[i], 1e-6);
    }

    [Fact]
    public void Numbers_draw_them_in_proportion()
    {
        TopTokens top = new();
        Assert.True(top.Take([0, float.NegativeInfinity, MathF.Log(3), float.NaN], 1));
        Assert.Equal([0, 2], top.Ids.ToArray());
        Assert.Equal([0, 0, 2, 2], new[] { 0, 0.249, 0.251, 0.999999 }.Select(top.Draw));
    }

    [Fact]
    public void Tokens_whose_probability_is_zero_are_left_out()
    {
        TopTokens top = new();
        Assert.True(top.Take([0, 10, -10], 0.01f));
        Assert.Equal([1], top.Ids.ToArray());
        Assert.Equal(1, top.MaxProbability);
    }

    [Fact]
    public void Without_numbers_there_are_none()
    {
        TopTokens top = new();
        Assert.False(top.Take([float.NaN, float.NegativeInfinity], 1));
        Assert.False(top.Take([float.PositiveInfinity, 1], 1));
    }
}
