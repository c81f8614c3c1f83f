using Spud;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Xunit;

namespace Router.Hierarchical.Tests;

public sealed class HierarchicalRouterTests
{
    /// <summary>f32 scores of some hundred roundings against double: shares differ by less.</summary>
    private const double NearTie = 1e-4;

    private static readonly TestModel s_plain = new() { Experts = 40, ExpertsUsed = 4 };
    private static readonly TestModel s_renormalised = s_plain with { Traits = new() { [Trait.Renormalise] = 1 } };

    private static Dictionary<string, (TestModel Model, HierarchicalRouterOptions Options)> Named => new()
    {
        ["a quarter, with no least mass"] = (s_plain, new() { MinMass = 0 }),
        ["half of the mass in the pool"] = (s_renormalised, new() { Pool = 8, MinMass = 0.5, Threshold = 0.8 }),
        ["never enough mass"] = (s_renormalised, new() { Pool = 8, MinMass = 0.9, Threshold = 0.6 }),
        ["a short memory"] = (s_renormalised, new() { Pool = 10, MinMass = 0, HalfLife = 20, Threshold = 0.5, Temperature = 0.7f }),
        ["more than the model was trained with"] = (s_plain, new() { Pool = 12, MinMass = 0, MaxExperts = 12, MinExperts = 2, Threshold = 0.7 }),
        ["all of them"] = (s_renormalised, new() { Pool = 40, MinMass = 0, Threshold = 0.7 }),
    };

    public static TheoryData<string> Cases => [.. Named.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void PlansAreTheOracles(string name)
    {
        const int Rows = 400;
        (TestModel model, HierarchicalRouterOptions options) = Named[name];
        using TextRun run = new(model, options);
        float[] hidden = Hidden(model, Rows, seed: 1);
        (int Expert, float Weight)[][] plan = run.Read(0, hidden, 48);
        RouterOracle router = new(model, run.Build);
        PoolOracle pools = new(options.Pool ?? 10, options.MinMass ?? 0.5, options.HalfLife ?? 1024);
        int nearTies = 0;
        double poolMargin = 1;
        for (int row = 0; row < Rows; row++)
        {
            (int[] pool, double margin) = pools.Next(model.Experts);
            poolMargin = Math.Min(poolMargin, margin);
            double[] all = router.Probabilities([.. hidden[(row * model.Hidden)..((row + 1) * model.Hidden)]]);
            pools.Add(all);
            double[] inPool = [.. pool.Select(expert => all[expert])];
            (IReadOnlyList<(int Expert, double Weight)> chosen, double near) = RuleOf(model, options).Route(inPool, 1);
            if (near < NearTie)
            {
                nearTies++;
                continue;
            }

            Assert.Equal(chosen.Select(entry => pool[entry.Expert]), plan[row].Select(entry => entry.Expert));
            Assert.All(chosen.Zip(plan[row]), pair => Assert.Equal(pair.First.Weight, pair.Second.Weight, 2e-5 * chosen[0].Weight));
        }

        Assert.True(poolMargin > NearTie, "a pool is a near tie: the case says little");
        Assert.True(nearTies <= Rows / 20, $"{nearTies} of {Rows} rows are near ties: the case says little");
    }

    [Fact]
    public void APoolBeginsAtToken64AndHoldsForTheNext256()
    {
        using TextRun run = new(s_plain, new() { Pool = 8, MinMass = 0 });
        (int Expert, float Weight)[][] plan = run.Read(0, Hidden(s_plain, 600, seed: 2), 64);
        Assert.True(Used(plan[..64]).Length > 8);
        Assert.Equal(8, Used(plan[64..320]).Length);
        Assert.Equal(8, Used(plan[320..576]).Length);
        Assert.NotEqual(Used(plan[64..320]), Used(plan[320..576]));
    }

    [Fact]
    public void HoweverATextIsReadItsPlansAreTheSameToTheBit()
    {
        float[] hidden = Hidden(s_renormalised, 340, seed: 3);
        (int, float)[][] Read(int threads, int chunk)
        {
            using TextRun run = new(s_renormalised, new() { Pool = 8, MinMass = 0, Threshold = 0.7 }, threads);
            return run.Read(1, hidden, chunk);
        }

        (int, float)[][] expected = Read(1, 64);
        Assert.All([(2, 64), (2, 17), (1, 1)], how => Assert.Equal(expected, Read(how.Item1, how.Item2)));
    }

    [Fact]
    public void TextsOfAStepHaveTheirOwnPools()
    {
        using TextRun run = new(s_plain, new() { Pool = 8, MinMass = 0 });
        float[] one = Hidden(s_plain, 100, seed: 4), other = Hidden(s_plain, 100, seed: 5);
        (int, float)[][] alone = [.. run.Read(0, one, 64)[90..], .. run.Read(1, other, 64)[64..65]];
        run.Forget();
        run.Read(0, one[..(90 * s_plain.Hidden)], 64);
        run.Read(1, other[..(64 * s_plain.Hidden)], 64);
        Assert.Equal(alone, run.Step([(0, 90, one[(90 * s_plain.Hidden)..]), (1, 64, other[(64 * s_plain.Hidden)..(65 * s_plain.Hidden)])]));
    }

    [Fact]
    public void WithoutAPoolItIsRouterTopK()
    {
        using TextRun run = new(s_renormalised, new() { Pool = 40 }), fixedNumber = new(s_renormalised, new() { Pool = 8, MinMass = 1 });
        float[] hidden = Hidden(s_renormalised, 130, seed: 6);
        (int, float)[][] plan = run.Read(0, hidden, 64);
        Assert.All(plan, static row => Assert.Equal(4, row.Length));
        Assert.Equal(plan, fixedNumber.Read(0, hidden, 64));
    }

    [Fact]
    public void LessEffortMeansFewerExpertsInThePool()
    {
        using TextRun run = new(s_renormalised, new() { Pool = 8, MinMass = 0 }), less = new(s_renormalised, new() { Pool = 8, MinMass = 0 }) { Effort = 0 };
        float[] hidden = Hidden(s_renormalised, 100, seed: 7);
        run.Read(0, hidden, 64);
        Assert.All(less.Read(0, hidden, 64), static row => Assert.Single(row));
    }

    [Fact]
    public void RoutingAndAdvancingAllocateNothing()
    {
        // With one thread every part runs on the caller's, so that its count is the whole.
        using TextRun run = new(s_renormalised, new() { Pool = 8, MinMass = 0, Threshold = 0.7, Temperature = 1.3f }, threads: 1);
        Assert.Equal(0, run.AllocatedBy(Hidden(s_renormalised, 64, seed: 8)));
    }

    private static int[] Used((int Expert, float Weight)[][] plan) => [.. plan.SelectMany(row => row.Select(entry => entry.Expert)).Distinct().Order()];

    // Rows of a text are alike, so that it favours some experts.
    private static float[] Hidden(TestModel model, int rows, int seed)
    {
        float[] text = Samples.Of($"text {seed}", model.Hidden), noise = Samples.Of($"rows {seed}", rows * model.Hidden);
        for (int i = 0; i < noise.Length; i++)
            noise[i] += text[i % model.Hidden] * (1 + i / model.Hidden % 300 / 200f);

        return noise;
    }

    private static DynamicRouterOracle RuleOf(TestModel model, HierarchicalRouterOptions options) => new()
    {
        Least = options.MinExperts ?? 1,
        Most = options.MaxExperts ?? model.ExpertsUsed,
        Threshold = options.Threshold ?? 1,
        Temperature = options.Temperature ?? 1,
        Renormalises = model.Has(Trait.Renormalise),
    };
}
