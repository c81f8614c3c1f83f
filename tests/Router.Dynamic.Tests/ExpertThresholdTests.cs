using Spud;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Xunit;

namespace Router.Dynamic.Tests;

/// <summary>A threshold for each expert, against the definition in docs/routing.md.</summary>
public sealed class ExpertThresholdTests
{
    private const int Rows = 90, Experts = 40;

    /// <summary>f32 scores of some hundred roundings against double: probabilities differ by less, relative to them.</summary>
    private const double NearTie = 1e-4;

    private static readonly TestModel s_plain = new() { Experts = Experts, ExpertsUsed = 4 };
    private static readonly TestModel s_renormalised = s_plain with { Traits = new() { [Trait.Renormalise] = 1 } };

    // Between 0.01 and 0.07 where the mean probability is 0.025.
    private static readonly float[] s_thresholds = [.. Enumerable.Range(0, Experts).Select(static expert => 0.01f * (1 + expert * 7 % 7))];

    private static Dictionary<string, (TestModel Model, DynamicRouterOptions Options)> Named => new()
    {
        ["of their own"] = (s_plain, new() { MaxExperts = 8, ExpertThresholds = s_thresholds }),
        ["of their own, renormalised"] = (s_renormalised, new() { MaxExperts = 8, ExpertThresholds = s_thresholds }),
        ["one for all"] = (s_renormalised, new() { MaxExperts = 12, ExpertThresholds = [0.04f] }),
        ["at least three"] = (s_renormalised, new() { MinExperts = 3, MaxExperts = 40, ExpertThresholds = s_thresholds }),
    };

    public static TheoryData<string, float> Cases => [.. Named.Keys.SelectMany(static name => new[] { 1, 0.6f, 0 }, static (name, effort) => (name, effort))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void ARowUsesThoseOfItsBestThatExceedTheirThreshold(string name, float effort)
    {
        (TestModel model, DynamicRouterOptions options) = Named[name];
        using RouterRun run = new(model, options);
        RoutingPlan plan = run.Route(Rows, effort);
        TensorView hidden = run.Hidden(Rows);
        int nearTies = 0;
        HashSet<int> counts = [];
        for (int row = 0; row < Rows; row++)
        {
            double[] probabilities = new RouterOracle(model, run.Build).Probabilities(Plain.Row(hidden, row));
            (IReadOnlyList<(int Expert, double Weight)> expected, double margin) = Expected(probabilities, options, effort, model.Has(Trait.Renormalise));
            if (margin < NearTie)
            {
                nearTies++;
                continue;
            }

            Range entries = plan.Offsets.AsSpan<int>()[row]..plan.Offsets.AsSpan<int>()[row + 1];
            Assert.Equal(expected.Select(entry => entry.Expert), plan.Experts.AsSpan<int>()[entries].ToArray());
            float[] weights = plan.Weights.AsSpan<float>()[entries].ToArray();
            Assert.All(expected.Zip(weights), pair => Assert.Equal(pair.First.Weight, pair.Second, 2e-5 * expected[0].Weight));
            counts.Add(weights.Length);
        }

        Assert.True(nearTies <= Rows / 20, $"{nearTies} of {Rows} rows are near ties: the case says little");
        Assert.Equal(effort > 0, counts.Count > 1);
    }

    [Fact]
    public void ARoutedStepAllocatesNothing()
    {
        using RouterRun run = new(s_renormalised, new() { MaxExperts = 8, ExpertThresholds = s_thresholds }, threads: 1);
        (Step step, TensorView hidden, RoutingPlan plan) = (TestStep.Of(run.Build, TestStep.Slices((8, 0))), run.Hidden(8), run.PlanFor(8));
        run.Build.Spoil();
        for (int i = 0; i < 3; i++)
            run.Router.Route(0, step, hidden, plan);

        long before = GC.GetAllocatedBytesForCurrentThread();
        run.Router.Route(0, step, hidden, plan);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void WrongThresholdsAreRefusedBeforeWeightsAreTaken()
    {
        Refused(new() { ExpertThresholds = [0.1f, 0.2f] }, "expertThresholds has 2 numbers, but layer 0 has 40 experts. Give 40 numbers, or one for all.");
        Refused(new() { ExpertThresholds = [.. s_thresholds[..39], 1.5f] }, "expertThresholds[39] is 1.5, expected 0 to 1");
        Refused(new() { ExpertThresholds = [float.NaN] }, "expertThresholds[0] is NaN, expected 0 to 1");
        Refused(new() { ExpertThresholds = s_thresholds, Threshold = 0.5 }, "expertThresholds and threshold are both given");
        Refused(new() { ExpertThresholds = s_thresholds, Temperature = 2 }, "expertThresholds and temperature are both given");
        Refused(new() { ExpertThresholds = s_thresholds, Calibration = "a.json" }, "calibration a.json and expertThresholds are both given");
    }

    private static void Refused(DynamicRouterOptions options, string message)
    {
        using TestBuild build = new(s_plain.Describe());
        RefusedException refusal = Assert.Throws<RefusedException>(() => new DynamicRouter(options, build));
        Assert.Contains(message, refusal.Message);
        Assert.Empty(build.Taken);
    }

    // The chosen experts with their weights, and how near the decision was: to a threshold, or between the last candidate and the next expert.
    private static (IReadOnlyList<(int Expert, double Weight)> Chosen, double Margin) Expected(double[] probabilities, DynamicRouterOptions options, double effort, bool renormalises)
    {
        (int least, int most) = (options.MinExperts ?? 1, options.MaxExperts!.Value);
        int[] ranked = [.. Enumerable.Range(0, Experts).OrderByDescending(expert => probabilities[expert])];
        (int Expert, double Weight)[] chosen = [.. ranked.Take(most).Index().Where(one => one.Index < least || probabilities[one.Item] * effort > Threshold(one.Item)).Select(one => (one.Item, probabilities[one.Item]))];
        double sum = renormalises ? chosen.Sum(static one => one.Weight) : 1;
        IEnumerable<double> distances = effort == 0 ? [] : ranked.Take(most).Skip(least).Select(expert => Math.Abs(probabilities[expert] * effort / Threshold(expert) - 1));
        IEnumerable<double> gaps = ranked.Take(most).Zip(ranked.Skip(1), (better, next) => 1 - probabilities[next] / probabilities[better]);
        return ([.. chosen.Select(one => (one.Expert, one.Weight / sum))], distances.Concat(gaps).DefaultIfEmpty(1).Min());

        double Threshold(int expert) => options.ExpertThresholds!.Length == 1 ? options.ExpertThresholds[0] : options.ExpertThresholds[expert];
    }
}
