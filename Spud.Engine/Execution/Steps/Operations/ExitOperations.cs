namespace Spud.Execution;

/// <summary>Asks the depth policy which rows leave after a layer.</summary>
internal sealed class LeaveOperation(StepExits exits, BoundComponent depth, int exit, int layer, StepDomain host, int costSlot) : Operation(depth, layer, host, costSlot)
{
    public override string Name => "leave";

    public override void Run(Batch batch, StepMeter meter) => exits.Leave(exit, meter);
}

/// <summary>Computes the keys and values that rows which left would have had in a layer, and writes them to its pages.</summary>
internal sealed class FillOperation(StepExits exits, BoundComponent<IAttention> attention, PageStore pages, int layer, int costSlot) : Operation(attention, layer, attention.Domain, costSlot)
{
    public override string Name => "fill";

    public override bool RunsWithoutRows => true;

    public override void Run(Batch batch, StepMeter meter) => exits.Fill(attention, pages, layer);
}

/// <summary>Sets rows that left, but are computed with others of their sequence, back to what they were.</summary>
internal sealed class SetBackOperation(StepExits exits, BoundComponent depth, int layer, StepDomain host, int costSlot) : Operation(depth, layer, host, costSlot)
{
    public override string Name => "set back";

    public override bool WritesHidden => true;

    public override void Run(Batch batch, StepMeter meter) => exits.SetBack();
}

/// <summary>Puts rows that left, as the depth policy finishes them, and the others together again.</summary>
internal sealed class RejoinOperation(StepExits exits, BoundComponent depth, StepDomain host, int costSlot) : Operation(depth, null, host, costSlot)
{
    public override string Name => "rejoin";

    public override bool RunsWithoutRows => true;

    public override void Run(Batch batch, StepMeter meter) => exits.Rejoin();
}
