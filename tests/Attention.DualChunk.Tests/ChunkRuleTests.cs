using Spud;
using Xunit;

namespace Attention.DualChunk.Tests;

/// <summary>The distances, against the definition of the paper (section 3) written down plainly.</summary>
public sealed class ChunkRuleTests
{
    [Theory]
    [InlineData(6, 4)]
    [InlineData(7, 2)]
    [InlineData(5, 0)]
    [InlineData(4, 4)]
    [InlineData(1, 1)]
    public void Every_distance_is_the_papers(int s, int w)
    {
        ChunkRule rule = new(s, w);
        for (int query = 0; query < 60; query++)
        {
            for (int key = 0; key <= query; key++)
            {
                int distance = query + rule.TurnOf(query, key / s) - key;
                Assert.Equal(Distance(query, key, s, w), distance);
                Assert.InRange(distance, 0, rule.MaxDistance);
                if (query - key <= w)
                    Assert.Equal(query - key, distance);
            }
        }
    }

    [Theory]
    [InlineData(6, 4)]
    [InlineData(7, 2)]
    [InlineData(5, 0)]
    public void From_the_first_still_chunk_on_no_query_turns_and_before_it_the_last_does(int s, int w)
    {
        ChunkRule rule = new(s, w);
        for (int last = 0; last < 80; last++)
        {
            int still = rule.FirstStill(last);
            for (int chunk = still; chunk <= last / s; chunk++)
                Assert.All(Enumerable.Range(0, last + 1), query => Assert.Equal(0, rule.TurnOf(query, chunk)));
            if (still > 0)
                Assert.NotEqual(0, rule.TurnOf(last, still - 1));
        }
    }

    [Fact]
    public void Without_options_chunks_are_those_of_the_authors_program()
    {
        Assert.Equal(new ChunkRule(5120, 1024), ChunkRule.Of(new(), trainedTokens: 8192));
        Assert.Equal(new ChunkRule(100, 20), ChunkRule.Of(new() { ChunkTokens = 100 }, trainedTokens: 8192));
        Assert.Equal("localTokens is 101: expected at most chunkTokens, which is 100", Assert.Throws<RefusedException>(() => ChunkRule.Of(new() { ChunkTokens = 100, LocalTokens = 101 }, 8192)).Message);
    }

    /// <summary>Relative positions as in equations 2, 3 and 5: keys at their place, queries at one of three.</summary>
    private static int Distance(int query, int key, int s, int w)
    {
        int keyPlace = key % s, chunks = query / s - key / s;
        int queryPlace = chunks switch
        {
            0 => query % s,
            1 => query % s < w ? s + query % s : s + w,
            _ => s + w,
        };
        return queryPlace - keyPlace;
    }
}
