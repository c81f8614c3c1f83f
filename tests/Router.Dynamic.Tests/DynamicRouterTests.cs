using Spud;
using Spud.Conformance.Fixtures;
using Xunit;

namespace Router.Dynamic.Tests;

public sealed class DynamicRouterTests
{
    /// <summary>f32 scores of some hundred roundings against double: shares differ by less.</summary>
    private const double NearTie = 1e-4;

    private static readonly TestModel s_plain = new() { Experts = 40, ExpertsUsed = 4 };
    private static readonly TestModel s_renormalised = s_plain with { Traits = new() { [Trait.Renormalise] = 1 } };
    private static readonly TestModel s_biased = new() { Experts = 6, ExpertsUsed = 6, Traits = new() { [Trait.Renormalise] = 1, [Trait.GateBias] = 1 } };

    public static TheoryData<string, float> Cases
    {
        get
        {
            TheoryData<string, float> cases = [];
            foreach (string name in Named.Keys)
            {
                foreach (float effort in new[] { 1, 0.7f, 0.3f, 0 })
                    cases.Add(name, effort);
            }

            return cases;
        }
    }

    private static Dictionary<string, (TestModel Model, DynamicRouterOptions Options)> Named => new()
    {
        ["defaults"] = (s_plain, new()),
        ["half the mass"] = (s_plain, new() { Threshold = 0.5f }),
        ["renormalised"] = (s_renormalised, new() { Threshold = 0.6f }),
        ["at least two"] = (s_renormalised, new() { MinExperts = 2, Threshold = 0.7f }),
        ["more than the model was trained with"] = (s_renormalised, new() { MaxExperts = 12, Threshold = 0.8f }),
        ["all of them"] = (s_plain, new() { MaxExperts = 40, Threshold = 0.9f }),
        ["sharp"] = (s_biased, new() { Threshold = 0.8f, Temperature = 0.4f }),
        ["flat"] = (s_biased, new() { Threshold = 0.8f, Temperature = 3 }),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void PlansAreTheOracles(string name, float effort)
    {
        const int Rows = 90;
        (TestModel model, DynamicRouterOptions options) = Named[name];
        using RouterRun run = new(model, options);
        RoutingPlan plan = run.Route(Rows, effort);
        TensorView hidden = run.Hidden(Rows);
        int nearTies = 0;
        for (int row = 0; row < Rows; row++)
        {
            (IReadOnlyList<(int Expert, double Weight)> expected, double margin) = run.Expected(options, hidden, row, effort);
            if (margin < NearTie)
            {
                nearTies++;
                continue;
            }

            Range entries = plan.Offsets.AsSpan<int>()[row]..plan.Offsets.AsSpan<int>()[row + 1];
            Assert.Equal(expected.Select(entry => entry.Expert), plan.Experts.AsSpan<int>()[entries].ToArray());
            float[] weights = plan.Weights.AsSpan<float>()[entries].ToArray();
            Assert.All(expected.Zip(weights), pair => Assert.Equal(pair.First.Weight, pair.Second, 2e-5 * expected[0].Weight));
        }

        Assert.True(nearTies <= Rows / 20, $"{nearTies} of {Rows} rows are near ties: the case says little");
    }

    [Fact]
    public void ThresholdsMakeADifference()
    {
        foreach ((string name, (TestModel model, DynamicRouterOptions options)) in Named.Where(named => named.Key != "defaults"))
        {
            using RouterRun run = new(model, options);
            Assert.True(RouterRun.Counts(run.Route(90)).Distinct().Count() > 1, $"{name}: every row has as many experts");
        }
    }

    [Fact]
    public void LessEffortNeverMeansMoreExpertsAndNoneTheFewest()
    {
        foreach ((string name, (TestModel model, DynamicRouterOptions options)) in Named)
        {
            using RouterRun run = new(model, options);
            int[] before = RouterRun.Counts(run.Route(90));
            for (float effort = 0.95f; effort > 0; effort -= 0.05f)
            {
                int[] counts = RouterRun.Counts(run.Route(90, effort));
                Assert.All(counts.Zip(before), pair => Assert.True(pair.First <= pair.Second, name));
                // The best n of M hold at least n / M of the mass.
                int most = Math.Max(options.MinExperts ?? 1, (int)Math.Ceiling((options.Threshold ?? 1) * effort * run.Router.MaxExpertsPerRow));
                Assert.All(counts, count => Assert.True(count <= most, name));
                before = counts;
            }

            Assert.All(RouterRun.Counts(run.Route(90, 0)), count => Assert.Equal(options.MinExperts ?? 1, count));
        }
    }

    [Fact]
    public void EverySequenceOfAStepHasItsOwnEffort()
    {
        using RouterRun run = new(s_renormalised, new() { Threshold = 0.9f });
        SequenceSlice[] slices = TestStep.Slices((10, 0), (1, 5), (20, 3));
        float[] efforts = [1, 0, 0.5f];
        int[] counts = RouterRun.Counts(run.Route([.. slices.Select((slice, i) => slice with { Effort = efforts[i] })]));
        int[][] alone = [.. efforts.Select(effort => RouterRun.Counts(run.Route(31, effort)))];
        Assert.Equal([.. alone[0][..10], .. alone[1][10..11], .. alone[2][11..]], counts);
    }

    [Fact]
    public void NeitherThreadsNorNeighboursChangeABit()
    {
        DynamicRouterOptions options = new() { MaxExperts = 8, Threshold = 0.7f, Temperature = 1.3f };
        (int[] Counts, int[] Experts, int[] Weights) expected = default;
        foreach ((int threads, int rows) in new[] { (1, 64), (2, 64), (3, 64), (2, 1), (2, 7), (1, 13) })
        {
            using RouterRun run = new(s_renormalised, options, threads);
            RoutingPlan plan = run.Route(rows);
            int[] counts = RouterRun.Counts(plan);
            int entries = counts.Sum();
            (int[] Counts, int[] Experts, int[] Weights) got = (counts, RouterRun.Bits(plan.Experts, entries), RouterRun.Bits(plan.Weights, entries));
            expected = expected.Counts is null ? got : expected;
            Assert.Equal(expected.Counts[..rows], got.Counts);
            Assert.Equal(expected.Experts[..entries], got.Experts);
            Assert.Equal(expected.Weights[..entries], got.Weights);
        }
    }

    [Fact]
    public void OfEqualScoresTheLowerExpertsAreChosen()
    {
        using RouterRun run = new(s_plain, new());
        RoutingPlan plan = run.PlanFor(1);
        run.Build.Spoil();
        run.Router.Route(0, TestStep.Of(run.Build, TestStep.Slices((1, 0))), run.Build.Floats(default, 1, s_plain.Hidden), plan); // every score is 0
        Assert.Equal([0, 1, 2, 3], plan.Experts.AsSpan<int>().ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void RoutingAllocatesNothing(int rows)
    {
        // With one thread every part runs on the caller's, so that its count is the whole.
        using RouterRun run = new(s_renormalised, new() { Threshold = 0.7f, Temperature = 1.3f }, threads: 1);
        (Step step, TensorView hidden, RoutingPlan plan) = (TestStep.Of(run.Build, TestStep.Slices((rows, 0))), run.Hidden(rows), run.PlanFor(rows));
        run.Build.Spoil();
        for (int i = 0; i < 3; i++)
            run.Router.Route(0, step, hidden, plan);

        long before = GC.GetAllocatedBytesForCurrentThread();
        run.Router.Route(0, step, hidden, plan);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
