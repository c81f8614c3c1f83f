using Backend.Torch.Router;
using Backend.Torch.Tests.Shared;
using Spud;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Xunit;

namespace Backend.Torch.Tests.Router;

public sealed class TorchRouterTests
{
    private static readonly TestModel s_plain = new() { Experts = 40, ExpertsUsed = 4 };

    public static TheoryData<string, TestModel, int?> Models => new()
    {
        { "plain", s_plain, null },
        { "renormalised", s_plain with { Traits = new() { [Trait.Renormalise] = 1 } }, null },
        { "biased, all of them", s_plain with { Experts = 5, ExpertsUsed = 5, Traits = new() { [Trait.Renormalise] = 1, [Trait.GateBias] = 1 } }, null },
        { "one by option", s_plain, 1 },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void PlansAreTheOracles(string name, TestModel model, int? option)
    {
        Libtorch.Require();
        Assert.NotEmpty(name);
        using TestBuild build = new(model.Describe());
        using TorchRouter router = new(new() { Experts = option }, build);
        (Step step, TensorView hidden, RoutingPlan plan) = Run(build, router, 23);
        Assert.Equal(option ?? model.ExpertsUsed, router.MaxExpertsPerRow);
        RouterOracle oracle = new(model, build);
        for (int row = 0; row < step.Rows; row++)
        {
            IReadOnlyList<(int Expert, double Weight)> expected = oracle.Route(Plain.Row(hidden, row), router.MaxExpertsPerRow);
            Range entries = plan.Offsets.AsSpan<int>()[row]..plan.Offsets.AsSpan<int>()[row + 1];
            Assert.Equal(expected.Select(entry => entry.Expert), plan.Experts.AsSpan<int>()[entries].ToArray());
            Compare.Near([.. expected.Select(entry => entry.Weight)], plan.Weights.AsSpan<float>()[entries], Compare.F32);
        }
    }

    [Fact]
    public void OfEqualScoresTheLowerExpertsAreChosen()
    {
        Libtorch.Require();
        using TestBuild build = new(s_plain.Describe());
        using TorchRouter router = new(new(), build);
        TensorView hidden = build.Floats(default, 1, s_plain.Hidden); // every score is 0
        RoutingPlan plan = PlanFor(build, 1, 4);
        build.Spoil();
        router.Route(0, TestStep.Of(build, TestStep.Slices((1, 0))), hidden, plan);
        Assert.Equal([0, 1, 2, 3], plan.Experts.AsSpan<int>().ToArray());
    }

    private static RoutingPlan PlanFor(TestBuild build, int rows, int k) => new()
    {
        Offsets = build.Ints(default, rows + 1),
        Experts = build.Ints(default, rows * k),
        Weights = build.Floats(default, rows * k),
    };

    private static (Step Step, TensorView Hidden, RoutingPlan Plan) Run(TestBuild build, TorchRouter router, int rows)
    {
        Step step = TestStep.Of(build, TestStep.Slices((rows, 0)));
        TensorView hidden = build.Floats(Samples.Of("hidden", rows * s_plain.Hidden), rows, s_plain.Hidden);
        RoutingPlan plan = PlanFor(build, rows, router.MaxExpertsPerRow);
        build.Spoil();
        router.Route(0, step, hidden, plan);
        return (step, hidden, plan);
    }
}
