using Spud.Evaluation.Calibration;
using Xunit;

namespace Spud.Tests.Calibration;

/// <summary>In which order heads start to stream.</summary>
public sealed class HeadPathTests
{
    private static readonly CalibratedHead s_first = new(0, 0), s_second = new(0, 1), s_third = new(1, 0);

    [Fact]
    public void Each_step_saves_the_keys_that_cost_least()
    {
        // Of 1,000 tokens, a window of 100 saves 900 and one of 400 saves 600.
        HeadMeasurement measured = Measured([], (s_first, 400, 0.06), (s_first, 100, 0.18), (s_second, 400, 0.4), (s_second, 100, 0.5));
        IReadOnlyList<HeadStep> path = new HeadPath(measured, 1000, 0).ByDamage();
        Assert.Equal([new(s_first, 400), new(s_first, 100), new HeadWindow(s_second, 100)], path.Select(static step => step.Window));
        Assert.Equal([0.7, 0.55, 0.1], path.Select(static step => Math.Round(step.Keep, 9)));
    }

    [Fact]
    public void Heads_that_do_the_same_harm_cost_more_together()
    {
        // The first two change the same prediction, and the third another one: after the first, the third costs less than the second.
        HeadMeasurement measured = Measured([], Trial(s_first, 0.010, 0), Trial(s_second, 0.011, 0), Trial(s_third, 0.015, 1));
        IReadOnlyList<HeadStep> path = new HeadPath(measured, 1000, 0).ByDamage();
        Assert.Equal([s_first, s_third, s_second], path.Select(static step => step.Window.Head));
        Assert.Equal(0.010, path[0].Divergence!.Value, 1e-6);
        Assert.Equal(0.025, path[1].Divergence!.Value, 1e-6);
        Assert.Equal(Math.Pow(Math.Sqrt(0.010) + Math.Sqrt(0.011), 2) + 0.015, path[2].Divergence!.Value, 1e-6);
    }

    [Fact]
    public void Heads_that_retrieve_stream_last_however_little_they_change()
    {
        HeadMeasurement measured = Measured([s_first], Trial(s_first, 0.001, 0), Trial(s_second, 0.5, 1), Trial(s_third, 0.2, 2));
        Assert.Equal([s_third, s_second, s_first], new HeadPath(measured, 1000, 0).ByDamage().Select(static step => step.Window.Head));
    }

    [Fact]
    public void No_head_gets_a_narrow_window_before_all_heads_that_do_not_retrieve_have_a_wide_one()
    {
        HeadMeasurement measured = Measured([s_third], (s_first, 400, 0.06), (s_first, 100, 0.07), (s_second, 400, 0.4), (s_second, 100, 0.9), (s_third, 400, 0.01), (s_third, 100, 0.02));
        IReadOnlyList<HeadStep> path = new HeadPath(measured, 1000, 0).ByDamage(400);
        Assert.Equal(
            [new(s_first, 400), new(s_second, 400), new(s_first, 100), new(s_second, 100), new(s_third, 400), new HeadWindow(s_third, 100)],
            path.Select(static step => step.Window));
        Assert.Equal([0.8, 0.6, 0.5, 0.4, 0.2, 0.1], path.Select(static step => Math.Round(step.Keep, 9)));
    }

    [Fact]
    public void Scores_put_heads_in_order_with_one_window()
    {
        HeadNeed[] needs = [new(s_first, 0.9, 0.1), new(s_second, 0.1, 0.3), new(s_third, 0.5, 0.2)];
        Assert.Equal([4.0 / 6, 4.0 / 6, 4.0 / 6], HeadScores.Of(needs, HeadOrder.Both));
        Assert.Equal([0.9, 0.1, 0.5], HeadScores.Of(needs, HeadOrder.Reconstruction));
        Assert.Equal([0.1, 0.3, 0.2], HeadScores.Of(needs, HeadOrder.Far));
        Assert.Equal(3, HeadScores.Of(needs, HeadOrder.Random).Distinct().Count());
        HeadPath path = new(new(needs, new Dictionary<HeadWindow, HeadTrial>()), 1000, 20);
        HeadStep[] steps = [.. path.ByScore(HeadScores.Of(needs, HeadOrder.Reconstruction), 80)];
        Assert.Equal([s_second, s_third, s_first], steps.Select(static step => step.Window.Head));
        Assert.Equal([0.7, 0.4, 0.1], steps.Select(static step => Math.Round(step.Keep, 9)));
        Assert.All(steps, static step => Assert.Null(step.Divergence));
    }

    private static HeadMeasurement Measured(CalibratedHead[] retrieval, params (CalibratedHead Head, int Recent, double Divergence)[] trials) =>
        Measured(retrieval, [.. trials.Select((of, i) => (new HeadWindow(of.Head, of.Recent), TrialOf(of.Divergence, i)))]);

    private static (HeadWindow Window, HeadTrial Trial) Trial(CalibratedHead head, double divergence, int changes) => (new(head, 100), TrialOf(divergence, changes));

    private static HeadMeasurement Measured(CalibratedHead[] retrieval, params (HeadWindow Window, HeadTrial Trial)[] trials) => new(
        [.. trials.Select(static of => of.Window.Head).Distinct().Select(head => new HeadNeed(head, retrieval.Contains(head) ? 0.4 : 0.01, 0.1))],
        trials.ToDictionary(static of => of.Window, static of => of.Trial));

    /// <summary>A trial of one row, in which the probability of one token changes.</summary>
    private static HeadTrial TrialOf(double divergence, int token)
    {
        float[] changes = new float[32];
        changes[token] = (float)Math.Sqrt(2 * divergence);
        return new(divergence, changes);
    }
}
