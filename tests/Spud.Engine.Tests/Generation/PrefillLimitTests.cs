using Spud.Generation;
using Xunit;

namespace Spud.Tests.Generation;

/// <summary>How many rows are read beside answers that are being generated.</summary>
public sealed class PrefillLimitTests
{
    private static readonly TimeSpan s_gap = TimeSpan.FromMilliseconds(250);

    [Theory]
    [InlineData(20, 2.5, 0.0002)]
    [InlineData(5, 0.5, 0.0001)]
    [InlineData(100, 20, 0.001)]
    public void The_gap_holds_while_a_prompt_of_8000_tokens_is_read(double stepMs, double rowMs, double rowMsPerKey)
    {
        PrefillLimit limit = new(512, s_gap);
        limit.Observe(1, Milliseconds(stepMs + rowMs));
        int steps = 0, late = 0;
        for (int read = 0; read < 8_000; steps++)
        {
            int rows = limit.Rows;
            TimeSpan time = Milliseconds(stepMs + rows * (rowMs + read * rowMsPerKey));
            late += time > s_gap ? 1 : 0;
            read += rows - 1;
            limit.Observe(rows, time);
        }

        Assert.True(late <= steps / 100, $"{late} of {steps} steps took longer than {s_gap.TotalMilliseconds} ms");
    }

    [Fact]
    public void Steps_use_most_of_the_gap()
    {
        PrefillLimit limit = new(512, s_gap);
        for (int i = 0; i < 20; i++)
            limit.Observe(limit.Rows, Milliseconds(20 + 2 * limit.Rows));

        Assert.InRange(20 + 2 * limit.Rows, 125, 175);
    }

    [Fact]
    public void One_slow_step_is_forgotten_soon_and_steps_without_prompts_say_nothing()
    {
        PrefillLimit limit = new(512, s_gap);
        for (int i = 0; i < 20; i++)
            limit.Observe(limit.Rows, Milliseconds(20 + 2 * limit.Rows));

        int usual = limit.Rows;
        limit.Observe(1, Milliseconds(22));
        Assert.Equal(usual, limit.Rows);
        limit.Observe(usual, Milliseconds(3_000));
        Assert.InRange(limit.Rows, PrefillLimit.MinRows, usual / 4);
        for (int i = 0; i < 10; i++)
            limit.Observe(limit.Rows, Milliseconds(20 + 2 * limit.Rows));

        Assert.InRange(limit.Rows, usual * 9 / 10, usual);
    }

    [Fact]
    public void Prompts_progress_even_where_one_row_takes_too_long()
    {
        PrefillLimit limit = new(512, s_gap), small = new(2, s_gap);
        limit.Observe(1, TimeSpan.FromSeconds(9));
        small.Observe(1, TimeSpan.FromSeconds(9));
        Assert.Equal((PrefillLimit.MinRows, 2), (limit.Rows, small.Rows));
    }

    private static TimeSpan Milliseconds(double value) => TimeSpan.FromMilliseconds(value);
}
