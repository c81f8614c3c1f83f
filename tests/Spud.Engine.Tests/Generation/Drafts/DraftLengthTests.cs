using Spud.Configuration;
using Spud.Generation;
using Xunit;

namespace Spud.Tests.Generation.Drafts;

/// <summary>The lengths of drafts, on simulated texts and machines.</summary>
public sealed class DraftLengthTests
{
    private const int Texts = 40;

    [Theory]
    [InlineData(0.25, 0)]
    [InlineData(0.13, 0)]
    [InlineData(0.05, 0)]
    [InlineData(0.5, 0)]
    [InlineData(0.15, 0.1)]
    public void Chosen_lengths_are_nearly_as_good_as_those_of_an_oracle(double row, double ask)
    {
        foreach (double acceptance in new[] { 0.5, 0.7, 0.8, 0.9, 0.97, 1 })
        {
            SimulatedText text = new(_ => acceptance, row, ask);
            double chosen = Mean(seed => text.Chosen(DraftPreference.Latency, 1_000, seed)), oracle = Mean(seed => text.Oracle(1_000, seed));
            Assert.True(chosen > 0.94 * oracle, $"acceptance {acceptance}: {chosen:0.000} tokens by step, the oracle {oracle:0.000}");
        }
    }

    [Theory]
    [InlineData(0.05, 0)]
    [InlineData(0.25, 0)]
    [InlineData(0.5, 0)]
    [InlineData(1.5, 0)]
    [InlineData(0.25, 0.2)]
    public void Drafts_never_cost_more_than_two_hundredths(double row, double ask)
    {
        foreach (double acceptance in new[] { 0, 0.05, 0.1, 0.2, 0.3, 0.4 })
        {
            SimulatedText text = new(_ => acceptance, row, ask);
            double speed = Mean(seed => text.Chosen(DraftPreference.Latency, 400, seed));
            Assert.True(speed > 0.98, $"acceptance {acceptance}: {speed:0.0000} of the speed without drafts");
        }
    }

    [Fact]
    public void A_text_that_begins_to_repeat_itself_is_drafted_again()
    {
        SimulatedText text = new(tokens => tokens < 600 ? 0 : 0.97, 0.2, 0);
        double chosen = Mean(seed => text.Chosen(DraftPreference.Latency, 1_000, seed)), oracle = Mean(seed => text.Oracle(1_000, seed));
        Assert.True(chosen > 0.9 * oracle, $"{chosen:0.000} tokens by step, the oracle {oracle:0.000}");
    }

    [Fact]
    public void Drafts_grow_as_long_as_all_is_accepted_and_shrink_when_it_is_not()
    {
        StepOutlook step = StepOutlook.Unmeasured;
        DraftLength length = new(DraftPreference.Latency);
        int first = length.Choose(16, step), last = first;
        for (int i = 0; i < 30; i++)
        {
            length.Observe(last, last, step);
            int next = length.Choose(16, step);
            Assert.True(next >= last, $"{next} after {last}");
            last = next;
        }

        Assert.True(last == 16 && first is > 0 and < 6, $"{first} to {last}");
        for (int i = 0; i < 40; i++)
            length.Observe(length.Choose(16, step), 0, step);
        Assert.InRange(length.Choose(16, step), 0, 1);
    }

    [Fact]
    public void Rejected_rows_stay_within_a_twentieth_where_compute_is_preferred()
    {
        foreach (double acceptance in new[] { 0, 0.3, 0.6, 0.9, 0.98 })
        {
            SimulatedText text = new(_ => acceptance, 0.2, 0);
            for (int seed = 0; seed < Texts; seed++)
            {
                double speed = text.Chosen(DraftPreference.Compute, 1_000, seed);
                Assert.True(text.Rejected <= 1_000 * DraftLength.MaxRejectedShare + Draft.MaxTokensOfAny, $"acceptance {acceptance}: {text.Rejected} rows");
                Assert.True(acceptance < 0.98 || speed > 1.2, $"{speed:0.00} tokens by step");
            }
        }
    }

    [Fact]
    public void A_drafter_that_takes_its_time_for_nothing_is_left_alone()
    {
        StepOutlook step = new(new());
        DraftLength length = new(DraftPreference.Latency);
        int asked = 0;
        for (int i = 0; i < 1_000; i++)
        {
            step.Begin(1, 1);
            if (length.Choose(8, step) > 0)
            {
                asked++;
                step.AddAsk(0, TimeSpan.FromMilliseconds(2), isUsual: true);
                length.ObserveNone(step);
            }

            step.Add(0, 0);
            step.Observe(TimeSpan.FromMilliseconds(5));
            length.Observe(0, 0, step);
        }

        Assert.InRange(asked, 1, 40);
    }

    [Fact]
    public void A_fixed_length_is_the_drafters_and_none_is_chosen_where_there_is_no_room()
    {
        Assert.Equal(7, new DraftLength(DraftPreference.Fixed).Choose(7, StepOutlook.Unmeasured));
        Assert.Equal(0, new DraftLength(DraftPreference.Latency).Choose(0, StepOutlook.Unmeasured));
    }

    private static double Mean(Func<int, double> run) => Enumerable.Range(0, Texts).Average(run);
}
