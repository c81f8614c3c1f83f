using Spud.Metering;

namespace Spud.Execution;

/// <summary>One operation of a step: a call of a component, or the host's work between two calls.</summary>
/// <param name="component">The component to which the work belongs.</param>
/// <param name="layer">Layer of the model; null if none.</param>
/// <param name="domain">The domain in which it runs.</param>
/// <param name="costSlot">The slot for its time and work; see <see cref="PipelineCosts.SlotOf"/>.</param>
internal abstract class Operation(BoundComponent component, int? layer, StepDomain domain, int costSlot)
{
    /// <summary>"project", "append", …</summary>
    public abstract string Name { get; }

    /// <summary>The component to which the work belongs.</summary>
    public BoundComponent Component => component;

    /// <summary>The component named when the operation throws.</summary>
    public virtual BoundComponent Blamed => component;

    public int? Layer => layer;

    public StepDomain Domain => domain;

    public int CostSlot => costSlot;

    /// <summary>Whether it is the first of its layer: cancelled steps stop here.</summary>
    public bool BeginsLayer { get; set; }

    /// <summary>Whether the next operation has another cost slot.</summary>
    public bool EndsCost { get; set; }

    /// <summary>Whether a native library computes on its own threads, for which the pipeline's threads make room.</summary>
    public virtual bool UsesNativeThreads => false;

    /// <summary>Whether it changes the hidden rows of its domain.</summary>
    public virtual bool WritesHidden => false;

    /// <summary>Whether it has something to do where all rows have left early.</summary>
    public virtual bool RunsWithoutRows => false;

    /// <summary>Runs the operation for the rows of a batch: those that come this far, if rows leave early.</summary>
    public abstract void Run(Batch batch, StepMeter meter);
}

/// <summary>A call of a component.</summary>
/// <param name="component">The component.</param>
/// <param name="layer">Layer of the model; null if none.</param>
/// <param name="costSlot">The slot for its time and work.</param>
internal abstract class ComponentOperation(BoundComponent component, int? layer, int costSlot) : Operation(component, layer, component.Domain, costSlot)
{
    public sealed override bool UsesNativeThreads => Component.Offer.NativeThreads is not null;

    /// <summary>What the host keeps for the component in this layer; null if nothing.</summary>
    public KeptState? State { get; init; }

    /// <summary>The step as seen by the component.</summary>
    /// <param name="isFirst">Whether it is the component's first call in the layer: notes are empty then.</param>
    protected Step StepOf(bool isFirst) => State is { } state ? state.In(Domain.Step, isFirst) : Domain.Step;
}
