namespace Spud.Execution;

/// <summary>Computes a routing plan from hidden rows.</summary>
internal sealed class RouteOperation(BoundComponent<IRouter> router, LayerPlan plan, int layer, int costSlot) : ComponentOperation(router, layer, costSlot)
{
    public override string Name => "route";

    public override void Run(Batch batch, StepMeter meter) =>
        router.Component.Route(layer, StepOf(isFirst: true), Domain.Hidden(batch.Rows), plan.Of(batch.Rows));
}

/// <summary>Checks a router's plan on the host, and counts it, before experts in host memory see it or the step is committed: no router is trusted.</summary>
internal sealed class CheckPlanOperation(BoundComponent<IRouter> router, LayerPlan plan, LayerDescription description, int layer, StepDomain host, int costSlot)
    : Operation(router, layer, host, costSlot)
{
    private readonly PlanCheck _check = new(description);

    public override string Name => "check plan";

    /// <exception cref="InvalidDataException">The plan violates a rule.</exception>
    public override void Run(Batch batch, StepMeter meter)
    {
        RoutingPlan made = plan.Of(batch.Rows);
        _check.Require(made);
        meter.CountPlan(layer, batch, made);
    }
}

/// <summary>Adds the output of the planned experts to the hidden rows.</summary>
internal sealed class ExecuteOperation(BoundComponent<IExperts> experts, LayerPlan plan, int layer, int costSlot) : ComponentOperation(experts, layer, costSlot)
{
    public override string Name => "execute";

    public override bool WritesHidden => true;

    public override void Run(Batch batch, StepMeter meter)
    {
        TensorView hidden = Domain.Hidden(batch.Rows);
        experts.Component.Execute(layer, StepOf(isFirst: true), hidden, plan.Of(batch.Rows), hidden);
    }
}
