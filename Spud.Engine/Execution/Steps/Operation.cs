using Spud.Metering;

namespace Spud.Execution;

/// <summary>One operation of a step: a call of a component, or what the host does between two calls.</summary>
/// <param name="component">The component whose work it is.</param>
/// <param name="layer">Layer of the model; null: none.</param>
/// <param name="domain">Where the operation works.</param>
/// <param name="costSlot">Where its time and work are counted; see <see cref="PipelineCosts.SlotOf"/>.</param>
internal abstract class Operation(BoundComponent component, int? layer, StepDomain domain, int costSlot)
{
    /// <summary>"project", "append", …</summary>
    public abstract string Name { get; }

    /// <summary>The component whose work it is.</summary>
    public BoundComponent Component => component;

    /// <summary>The component that is named when the operation throws.</summary>
    public virtual BoundComponent Blamed => component;

    public int? Layer => layer;

    public StepDomain Domain => domain;

    public int CostSlot => costSlot;

    /// <summary>Whether it is the first of its layer: cancelled steps end here.</summary>
    public bool BeginsLayer { get; set; }

    /// <summary>Whether the next operation is counted elsewhere.</summary>
    public bool EndsCost { get; set; }

    /// <summary>Whether a native library computes on threads of its own, for which the pipeline's make room.</summary>
    public virtual bool UsesNativeThreads => false;

    /// <summary>Whether it changes the hidden rows of its domain.</summary>
    public virtual bool WritesHidden => false;

    /// <summary>Does it for the rows of a batch.</summary>
    public abstract void Run(Batch batch, StepMeter meter);
}

/// <summary>A call of a component.</summary>
/// <param name="component">The component.</param>
/// <param name="layer">Layer of the model; null: none.</param>
/// <param name="costSlot">Where it is counted.</param>
internal abstract class ComponentOperation(BoundComponent component, int? layer, int costSlot) : Operation(component, layer, component.Domain, costSlot)
{
    public sealed override bool UsesNativeThreads => Component.Offer.NativeThreads is not null;

    /// <summary>What the host keeps for the component in this layer; null: nothing.</summary>
    public KeptState? State { get; init; }

    /// <summary>The step as the component sees it.</summary>
    /// <param name="isFirst">Whether it is the component's first call in the layer: notes are empty then.</param>
    protected Step StepOf(bool isFirst) => State is { } state ? state.In(Domain.Step, isFirst) : Domain.Step;
}
