using Xunit;

namespace Spud.Tests.Execution.Pages;

/// <summary>Random lives of sequences over two pools of per-head pages, held to a list of keys for each head.</summary>
public sealed class PoolPropertyTests
{
    [Theory]
    [InlineData(1, 48, null, true)]
    [InlineData(2, 48, null, false)]
    [InlineData(3, 20, null, true)]
    [InlineData(4, 20, null, false)]
    [InlineData(5, 12, 20, true)]
    [InlineData(6, 12, 20, false)]
    public void Every_head_keeps_exactly_what_a_list_would_keep(int seed, int keysPerHead, int? cacheTokens, bool forks)
    {
        using PoolLife life = new(seed, keysPerHead, cacheTokens, forks);
        for (int i = 0; i < 1500; i++)
            life.Act();

        Assert.True(life.Steps > 100, $"{life.Steps} steps");
        Assert.InRange(life.Moves, 100, int.MaxValue);
        Assert.InRange(life.Drops, 100, int.MaxValue);
        Assert.Equal(cacheTokens is not null, life.Refusals > 0);
        life.End();
    }
}
