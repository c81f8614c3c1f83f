using Xunit;

namespace Spud.Tests.Execution.Pages;

/// <summary>Random lives of sequences, held to a list of (position, token) for each layer.</summary>
public sealed class PagePropertyTests
{
    [Theory]
    [InlineData(1, 4, 40, false)]
    [InlineData(2, 1, 24, false)]
    [InlineData(3, 3, 30, true)]
    [InlineData(4, 4, 60, true)]
    [InlineData(5, 7, 200, true)]
    [InlineData(6, 64, 128, false)]
    [InlineData(7, 2, 33, true)]
    [InlineData(8, 1, 300, true)]
    public void Sequences_keep_exactly_what_a_list_would_keep(int seed, int pageTokens, int cacheTokens, bool drops)
    {
        using PageLife life = new(seed, pageTokens, cacheTokens, drops);
        for (int i = 0; i < 1500; i++)
            life.Act();

        Assert.True(life.Steps > 100, $"{life.Steps} steps");
        life.End();
    }

    [Fact]
    public void The_pool_was_full_now_and_then_and_forks_shared_pages()
    {
        using PageLife life = new(11, 4, 40, drops: false);
        for (int i = 0; i < 1500; i++)
            life.Act();

        // Otherwise the property above would say little.
        Assert.InRange(life.Refusals, 20, 1400);
        Assert.InRange(life.SharedTails, 20, 1500);
        Assert.InRange(life.Forks, 20, 1500);
    }
}
