using Spud;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Oracles;

namespace Router.Dynamic.Tests;

/// <summary>The router on one layer of random weights.</summary>
internal sealed class RouterRun : IDisposable
{
    private readonly TestModel _model;

    public RouterRun(TestModel model, DynamicRouterOptions options, int threads = 2)
    {
        _model = model;
        Build = new(model.Describe(), threads);
        Router = new(options, Build);
    }

    public TestBuild Build { get; }

    public DynamicRouter Router { get; }

    public TensorView Hidden(int rows) => Build.Floats(Samples.Of("hidden", rows * _model.Hidden), rows, _model.Hidden);

    public RoutingPlan PlanFor(int rows) => new()
    {
        Offsets = Build.Ints(default, rows + 1),
        Experts = Build.Ints(default, rows * Router.MaxExpertsPerRow),
        Weights = Build.Floats(default, rows * Router.MaxExpertsPerRow),
    };

    /// <summary>Routes rows of one sequence.</summary>
    public RoutingPlan Route(int rows, float effort = 1) => Route(TestStep.Slices((rows, 0)).Select(slice => slice with { Effort = effort }).ToArray());

    /// <summary>Routes rows of several.</summary>
    public RoutingPlan Route(SequenceSlice[] slices)
    {
        int rows = slices.Sum(slice => slice.Rows);
        RoutingPlan plan = PlanFor(rows);
        Build.Spoil();
        Router.Route(0, TestStep.Of(Build, slices), Hidden(rows), plan);
        return plan;
    }

    public static int[] Counts(RoutingPlan plan)
    {
        int[] offsets = plan.Offsets.AsSpan<int>().ToArray();
        return [.. offsets.Skip(1).Zip(offsets, (end, start) => end - start)];
    }

    public static int[] Bits(TensorView view, int count) => view.AsSpan<int>()[..count].ToArray();

    /// <summary>What the definition makes of a row, from the weights that the router took.</summary>
    public (IReadOnlyList<(int Expert, double Weight)> Chosen, double Margin) Expected(DynamicRouterOptions options, TensorView hidden, int row, double effort)
    {
        DynamicRouterOracle oracle = new()
        {
            Least = options.MinExperts ?? 1,
            Most = options.MaxExperts ?? _model.ExpertsUsed,
            Threshold = options.Threshold ?? 1,
            Temperature = options.Temperature ?? 1,
            Renormalises = _model.Has(Trait.Renormalise),
        };
        return oracle.Route(new RouterOracle(_model, Build).Probabilities(Plain.Row(hidden, row)), effort);
    }

    public void Dispose()
    {
        Router.Dispose();
        Build.Dispose();
    }
}
