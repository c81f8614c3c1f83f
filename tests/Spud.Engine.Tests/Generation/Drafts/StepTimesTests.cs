using Spud.Generation;
using Xunit;

namespace Spud.Tests.Generation.Drafts;

/// <summary>What is learned of the cost of drafts from the durations of steps.</summary>
public sealed class StepTimesTests
{
    [Theory]
    [InlineData(0.05)]
    [InlineData(0.25)]
    [InlineData(0.9)]
    public void What_further_rows_cost_is_known_after_some_steps(double row)
    {
        StepTimes times = new(1, 16);
        for (int i = 0; i < 60; i++)
            times.Observe(i % 4 * 2, 0.005 * (1 + i % 4 * 2 * row));

        Assert.InRange(times.PlainSeconds, 0.0048, 0.0052);
        for (int drafted = 1; drafted <= 8; drafted++)
            Assert.InRange(times.Ratio(drafted), (1 + drafted * row) * 0.9, (1 + drafted * row) * 1.1);
    }

    [Fact]
    public void A_row_costs_a_quarter_of_a_step_of_one_row_before_anything_is_measured()
    {
        StepTimes one = new(1, 16), sixteen = new(16, 16);
        Assert.Equal((1.0, 1.25, 3.0), (one.Ratio(0), one.Ratio(1), one.Ratio(8)));
        Assert.Equal(1 + 4 / 19.0, sixteen.Ratio(4), 12);
        Assert.False(one.LacksPlain);
    }

    [Fact]
    public void An_interruption_is_not_taken_for_the_cost_of_rows()
    {
        StepTimes times = new(1, 16);
        for (int i = 0; i < 100; i++)
            times.Observe(i % 2 * 4, i is 50 or 51 ? 1 : i % 2 == 0 ? 0.005 : 0.008);

        Assert.InRange(times.Ratio(4), 1.45, 1.75);
        Assert.InRange(times.PlainSeconds, 0.0049, 0.0053);
    }

    [Fact]
    public void Costs_follow_a_text_that_grows()
    {
        StepTimes times = new(1, 16);
        for (int i = 0; i < 2_000; i++)
        {
            int drafted = times.LacksPlain ? 0 : 6;
            times.Observe(drafted, (0.004 + i * 1e-5) * (drafted == 0 ? 1 : 2.2));
        }

        Assert.InRange(times.PlainSeconds, 0.02, 0.025);
        Assert.InRange(times.Ratio(6), 2, 2.5);
    }

    [Fact]
    public void A_step_without_drafts_is_due_first_and_now_and_then()
    {
        StepTimes times = new(1, 16);
        times.Observe(4, 0.008);
        Assert.True(times.LacksPlain);
        times.Observe(0, 0.005);
        for (int i = 0; i < StepTimes.MaxStepsWithoutPlain; i++)
        {
            Assert.False(times.LacksPlain);
            times.Observe(4, 0.008);
        }

        Assert.True(times.LacksPlain);
    }

    [Fact]
    public void A_drafters_time_is_told_apart_into_a_fixed_one_and_one_for_each_token()
    {
        AskTimes constant = new(), linear = new(), alike = new();
        Assert.Equal(0, constant.Seconds(4));
        for (int i = 0; i < 50; i++)
        {
            constant.Observe(i % 9, 5e-6);
            linear.Observe(i % 9, i == 30 ? 1 : 1e-4 + 2e-4 * (i % 9));
            alike.Observe(4, 8e-4);
        }

        Assert.Equal(5e-6, constant.Seconds(16), 9);
        Assert.InRange(linear.Seconds(0), 0, 3e-4);
        Assert.InRange(linear.Seconds(8), 1.5e-3, 2.1e-3);
        Assert.Equal(4e-4, alike.Seconds(2), 9);
    }
}
