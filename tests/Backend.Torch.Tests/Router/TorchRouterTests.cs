using Backend.Torch.Router;
using Backend.Torch.Tests.Shared;
using Spud;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;
using Xunit;

namespace Backend.Torch.Tests.Router;

/// <summary>What is this router's own; the rest is in <see cref="TorchContract"/>.</summary>
public sealed class TorchRouterTests
{
    private static readonly TestModel s_plain = new() { Experts = 40, ExpertsUsed = 4 };

    [Fact]
    public void AnOptionSaysHowManyExpertsARowHas()
    {
        Libtorch.Require();
        using TestBuild build = new(s_plain.Describe());
        using TorchRouter router = new(new() { Experts = 2 }, build);
        TensorView hidden = build.Floats(Samples.Of("hidden", 23 * s_plain.Hidden), 23, s_plain.Hidden);
        RoutingPlan plan = Route(build, router, hidden);
        Assert.Equal(2, router.MaxExpertsPerRow);
        RouterOracle oracle = new(s_plain, build);
        for (int row = 0; row < 23; row++)
            Assert.Equal(oracle.Route(Plain.Row(hidden, row), 2).Select(entry => entry.Expert), plan.Experts.AsSpan<int>().Slice(2 * row, 2).ToArray());
    }

    [Fact]
    public void OfEqualScoresTheLowerExpertsAreChosen()
    {
        Libtorch.Require();
        using TestBuild build = new(s_plain.Describe());
        using TorchRouter router = new(new(), build);
        RoutingPlan plan = Route(build, router, build.Floats(default, 1, s_plain.Hidden)); // every score is 0
        Assert.Equal([0, 1, 2, 3], plan.Experts.AsSpan<int>().ToArray());
    }

    private static RoutingPlan Route(TestBuild build, TorchRouter router, in TensorView hidden)
    {
        (int rows, int k) = (hidden.Shape[0], router.MaxExpertsPerRow);
        RoutingPlan plan = new()
        {
            Offsets = build.Ints(default, rows + 1),
            Experts = build.Ints(default, rows * k),
            Weights = build.Floats(default, rows * k),
        };
        router.Route(0, TestStep.Of(build, TestStep.Slices((rows, 0))), hidden, plan);
        return plan;
    }
}
