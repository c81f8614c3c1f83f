using Spud.Generation;
using Xunit;

namespace Spud.Tests.Generation.Drafts;

/// <summary>How long a drafter is expected to take.</summary>
public sealed class AskTimesTests
{
    [Fact]
    public void A_slow_first_call_is_forgotten_with_the_first_fast_one()
    {
        AskTimes times = new();
        times.Observe(4, 0.02);
        Assert.Equal(0.02, times.Seconds(4), 1e-9);
        times.Observe(4, 0.00001);
        Assert.Equal(0.00001, times.Seconds(4), 1e-9);
    }

    [Fact]
    public void An_interrupted_call_counts_as_four_calls_at_most()
    {
        AskTimes times = new();
        for (int i = 0; i < 200; i++)
            times.Observe(4, 0.001);

        times.Observe(4, 10);
        Assert.InRange(times.Seconds(4), 0.001, 0.0012);
    }
}
