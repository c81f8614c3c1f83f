using Spud.Server.Operations;

namespace Spud.Server.Tests.Operations;

/// <summary>When a process ends because a step hangs.</summary>
public sealed class HangGraceTests
{
    [Fact]
    public void A_process_that_was_stopped_has_its_grace_after_that()
    {
        HangGrace grace = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5));
        Assert.False(grace.IsOver(TimeSpan.FromHours(1)));
        Assert.False(grace.IsOver(TimeSpan.FromHours(1)));
        Assert.True(grace.IsOver(TimeSpan.FromHours(1)));
        grace.Restart();
        Assert.False(grace.IsOver(TimeSpan.FromHours(1)));
    }

    [Fact]
    public void Slow_steps_one_after_the_other_are_no_hang()
    {
        HangGrace grace = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5));
        Assert.All(Enumerable.Range(0, 20), _ => Assert.False(grace.IsOver(TimeSpan.FromSeconds(9))));
        Assert.True(grace.IsOver(TimeSpan.FromSeconds(10)));
    }
}
