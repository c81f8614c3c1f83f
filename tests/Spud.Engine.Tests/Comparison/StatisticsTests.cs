using Spud.Evaluation.Comparison;
using Xunit;

namespace Spud.Tests.Comparison;

public sealed class StatisticsTests
{
    [Fact]
    public void A_percentile_is_that_of_the_sorted_values_to_a_third_of_a_percent()
    {
        Random random = new(1);
        double[] values = [.. Enumerable.Range(0, 5_000).Select(_ => Math.Exp(20 * random.NextDouble() - 18))];
        DivergenceHistogram histogram = new();
        foreach (double value in values)
            histogram.Add(value);

        double exact = values.Order().ElementAt(4_949);
        Assert.Equal(exact, histogram.Percentile(0.99), exact * 0.003);
    }

    [Fact]
    public void Values_of_nothing_count_as_the_smallest()
    {
        DivergenceHistogram histogram = new();
        for (int i = 0; i < 99; i++)
            histogram.Add(0);

        histogram.Add(1);
        Assert.Equal(0, histogram.Percentile(0.99));
        Assert.Equal(1, histogram.Percentile(1), 0.003);
    }

    [Fact]
    public void Blocks_stay_bounded_and_lose_nothing()
    {
        BlockList list = new();
        for (int i = 0; i < 10_000; i++)
            list.Add(new Block { Tokens = 1, Losses = [i], Divergences = [1], Agreements = [1] });

        Assert.InRange(list.Blocks.Count, BlockList.Most / 2, BlockList.Most);
        Assert.Equal((10_000, 10_000L * 9_999 / 2), (list.Blocks.Sum(block => block.Tokens), (long)list.Blocks.Sum(block => block.Losses[0])));
        Assert.Equal(8, list.WindowsPerBlock);
        Assert.All(list.Blocks.SkipLast(1), block => Assert.Equal(8, block.Tokens));
        // Neighbours stay neighbours.
        Assert.Equal(Enumerable.Range(0, 8).Sum(), list.Blocks[0].Losses[0]);
    }

    [Fact]
    public void An_interval_is_as_wide_as_theory_says_and_the_same_for_the_same_seed()
    {
        Random random = new(2);
        double[] values = [.. Enumerable.Range(0, 400).Select(_ => random.NextDouble())];
        Interval interval = Mean(values, new());
        // Mean of 400 uniform numbers: standard error sqrt(1 / 12 / 400) = 0.01443, 1.96 of them on each side.
        Assert.Equal(values.Average(), interval.Value, 1e-12);
        Assert.InRange(interval.High!.Value - interval.Low!.Value, 2 * 1.96 * 0.01443 * 0.85, 2 * 1.96 * 0.01443 * 1.15);
        Assert.Equal(interval, Mean(values, new()));
        Assert.NotEqual(interval, Mean(values, new() { Seed = 2 }));
    }

    [Fact]
    public void Too_few_units_have_no_interval() => Assert.Equal(new Interval(2, null, null), Mean([1, 2, 3], new()));

    private static Interval Mean(double[] values, BootstrapSettings settings) => Bootstrap.Intervals(
        [values.Length],
        settings,
        () => new double[2],
        (sum, _, unit) => (sum[0], sum[1]) = (sum[0] + values[unit], sum[1] + 1),
        sum => [sum[0] / sum[1]])[0];
}
