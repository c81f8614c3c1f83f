using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Rigs;

/// <summary>A router and one step.</summary>
internal sealed class RouterRig : Rig<IRouter>
{
    private readonly GuardedTensor _offsets, _experts, _weights;

    public RouterRig(Subject subject, RigSettings settings)
        : base(subject, settings)
    {
        Step = NewStep();
        Hidden = Input("hidden", Samples("hidden", Model.Hidden), Rows, Model.Hidden);
        int entries = Rows * Math.Max(1, MaxExperts);
        _offsets = Written("offsets", ElementType.I32, Rows + 1);
        _experts = Written("experts", ElementType.I32, entries);
        _weights = Written("weights", ElementType.F32, entries);
    }

    public Step Step { get; }

    /// <summary>K of the rig's layer.</summary>
    public int MaxExperts => Component is IPerLayerRouter router ? router.MaxExpertsIn(0) : Component.MaxExpertsPerRow;

    public GuardedTensor Hidden { get; }

    public RoutingPlan Plan => new() { Offsets = _offsets.View, Experts = _experts.View, Weights = _weights.View };

    /// <summary>What is planned, entry by entry: experts, then weights; -1 and 0 behind a row's entries.</summary>
    public override IReadOnlyList<Output> Outputs
    {
        get
        {
            int k = MaxExperts;
            float[] experts = new float[Rows * k], weights = new float[Rows * k];
            experts.AsSpan().Fill(-1);
            (int Expert, float Weight)[][] plan = Planned();
            for (int row = 0; row < Rows; row++)
            {
                for (int i = 0; i < plan[row].Length; i++)
                    (experts[row * k + i], weights[row * k + i]) = plan[row][i];
            }

            return [new("experts", experts, k), new("weights", weights, k)];
        }
    }

    /// <summary>Entries of each row, after a fetch; the form must be valid.</summary>
    public (int Expert, float Weight)[][] Planned()
    {
        PlanForm.Require(_offsets.Bits(), _experts.Bits(), _weights.Result(), Model, MaxExperts);
        int[] offsets = _offsets.Bits(), experts = _experts.Bits();
        float[] weights = _weights.Result();
        return [.. Enumerable.Range(0, Rows).Select(row => Enumerable.Range(offsets[row], offsets[row + 1] - offsets[row]).Select(i => (experts[i], weights[i])).ToArray())];
    }

    public override void Run() => Component.Route(0, Step, Hidden.View, Plan);

    public override IEnumerable<(string What, Action Call)> WrongCalls()
    {
        yield return ("hidden of another width", () => Component.Route(0, Step, Narrower(Hidden.View), Plan));
        yield return ("a plan for fewer rows", () => Component.Route(0, Step, Hidden.View, new() { Offsets = Narrower(Plan.Offsets), Experts = Plan.Experts, Weights = Plan.Weights }));
    }
}
