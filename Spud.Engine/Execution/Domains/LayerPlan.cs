namespace Spud.Execution;

/// <summary>Location of the routing plan of a layer.</summary>
/// <param name="Buffers">The buffers, possibly shared with other layers, which use them in turn.</param>
/// <param name="ExpertsPerRow">K of the layer's router, read once; 1 for a dense layer.</param>
internal readonly record struct LayerPlan(PlanBuffers Buffers, int ExpertsPerRow)
{
    /// <summary>Bytes per row.</summary>
    public long BytesPerRow => sizeof(int) + ExpertsPerRow * (sizeof(int) + sizeof(float));

    /// <summary>The plan of a step.</summary>
    public RoutingPlan Of(int rows) => Buffers.Of(rows, ExpertsPerRow);
}
