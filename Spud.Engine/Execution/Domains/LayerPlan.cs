namespace Spud.Execution;

/// <summary>Where the routing plan of a layer lies.</summary>
/// <param name="Buffers">Perhaps shared with other layers, which take turns.</param>
/// <param name="ExpertsPerRow">K of the layer's router, read once; 1 for a dense layer.</param>
internal readonly record struct LayerPlan(PlanBuffers Buffers, int ExpertsPerRow)
{
    /// <summary>Bytes of a row.</summary>
    public long BytesPerRow => sizeof(int) + ExpertsPerRow * (sizeof(int) + sizeof(float));

    /// <summary>The plan of a step.</summary>
    public RoutingPlan Of(int rows) => Buffers.Of(rows, ExpertsPerRow);
}
