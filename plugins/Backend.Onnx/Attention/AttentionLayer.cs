namespace Backend.Onnx.Attention;

/// <summary>Graphs and parameters of one layer.</summary>
internal sealed class AttentionLayer
{
    /// <summary>The layer's heads.</summary>
    public required Geometry Shape { get; init; }

    /// <summary>Keys that a row sees, including its own.</summary>
    public required int Window { get; init; }

    /// <summary>RoPE angles; null if there is no RoPE.</summary>
    public required RopeTable? Rope { get; init; }

    /// <summary>Computes q, k and v.</summary>
    public required ProjectGraph Project { get; init; }

    /// <summary>Computes the layer's output and adds it to the residual stream.</summary>
    public required FinishGraph Finish { get; init; }

    /// <summary>Folds one row.</summary>
    public required FoldGraph FoldRow { get; init; }

    /// <summary>Folds rows that all see every key.</summary>
    public required FoldGraph FoldRows { get; init; }

    /// <summary>Folds rows some of which do not see every key.</summary>
    public required FoldGraph FoldMasked { get; init; }
}
