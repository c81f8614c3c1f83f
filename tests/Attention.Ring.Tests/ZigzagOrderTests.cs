using Xunit;

namespace Attention.Ring.Tests;

/// <summary>Which rank has which positions, and how equal that makes the work of a text.</summary>
public sealed class ZigzagOrderTests
{
    [Fact]
    public void A_rank_has_a_block_and_its_mirror_image_of_each_group()
    {
        ZigzagOrder order = new(Ranks: 3, BlockTokens: 2);
        Assert.Equal([0, 0, 1, 1, 2, 2, 2, 2, 1, 1, 0, 0, 0, 0, 1, 1], Enumerable.Range(0, 16).Select(order.RankOf));
        Assert.All(Enumerable.Range(0, 16), static position => Assert.Equal(0, new ZigzagOrder(1, 5).RankOf(position)));
    }

    /// <summary>Pairs of a row and a key that it sees, for every row of a text.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void The_fullest_ranks_causal_work_on_long_texts_is_within_two_percent_of_the_mean(int ranks)
    {
        ZigzagOrder order = new(ranks, new RingOptions().BlockTokens);
        foreach (int tokens in new[] { 16_000, 20_001, 32_768, 64_000, 100_000 })
        {
            long[] work = new long[ranks];
            for (int position = 0; position < tokens; position++)
                work[order.RankOf(position)] += tokens - position;

            Assert.InRange(work.Max() / work.Average(), 1, 1.02);
        }
    }

    /// <summary>The closed formula against counting one by one.</summary>
    [Fact]
    public void Pairs_of_rows_and_keys_are_counted()
    {
        for (int seed = 0; seed < 400; seed++)
        {
            Random random = new(seed);
            (int firstKey, int keys, int firstRow, int rows, int window) = (random.Next(30), random.Next(1, 12), random.Next(40), random.Next(1, 9), random.Next(1, 50));
            long expected = 0;
            for (int row = firstRow; row < firstRow + rows; row++)
                expected += Enumerable.Range(firstKey, keys).Count(key => key <= row && key > row - window);

            Assert.Equal(expected, FoldedKeys.Seen(firstKey, keys, firstRow, rows, window));
        }
    }
}
