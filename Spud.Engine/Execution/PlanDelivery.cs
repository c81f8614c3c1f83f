using Spud.Composition;
using Spud.Metering;

namespace Spud.Execution;

/// <summary>
/// Takes plans from routers to experts. Every plan is checked and counted on the host: before experts see it where it passes through the
/// host, and from its mirror at the end of the step where it never leaves a device.
/// </summary>
internal sealed class PlanDelivery(PipelineParts pipeline, StepMeter meter)
{
    private readonly Places _places = pipeline.Places;
    private readonly int[] _unchecked = new int[pipeline.Model.Layers.Length];
    private int _count;

    /// <summary>Layers of this step whose plans were left on a device.</summary>
    public ReadOnlySpan<int> Unchecked => _unchecked.AsSpan(0, _count);

    public void Begin() => _count = 0;

    /// <summary>The plan of a dense layer, where its experts work.</summary>
    public RoutingPlan One(int layer, Place experts, Batch batch)
    {
        meter.CountPlan(layer, batch, _places.Host.One.Of(batch.Rows, 1));
        return experts.One.Of(batch.Rows, 1);
    }

    /// <summary>A plan that a router has filled, where the experts work.</summary>
    /// <exception cref="InvalidDataException">The plan breaks a rule.</exception>
    public RoutingPlan Deliver(int layer, in RoutingPlan plan, Place router, Place experts, Batch batch)
    {
        int rows = batch.Rows, expertsPerRow = plan.Experts.Shape[0] / rows;
        RoutingPlan onHost = router.IsHost ? plan : _places.Mirror(layer).Of(rows, expertsPerRow);
        if (!router.IsHost)
            Places.Copy(plan, onHost);
        if (router == experts && !router.IsHost)
        {
            _unchecked[_count++] = layer;
            return plan;
        }

        if (!router.IsHost)
            router.Domain.Wait();

        Check(layer, onHost, batch);
        if (experts.IsHost)
            return onHost;

        RoutingPlan delivered = experts.Plans.Of(rows, expertsPerRow);
        Places.Copy(onHost, delivered);
        return delivered;
    }

    /// <summary>Looks at a plan that was left on a device, once the device has done its work.</summary>
    /// <exception cref="InvalidDataException">The plan breaks a rule.</exception>
    public void CheckMirror(int layer, Placed<IRouter> router, Batch batch) =>
        Check(layer, _places.Mirror(layer).Of(batch.Rows, router.Component.MaxExpertsPerRow), batch);

    private void Check(int layer, in RoutingPlan plan, Batch batch)
    {
        PlanCheck.Require(plan, pipeline.Model.Layers[layer]);
        meter.CountPlan(layer, batch, plan);
    }
}
