namespace Backend.Onnx.Attention;

/// <summary>Graphs and numbers of one layer.</summary>
internal sealed class AttentionLayer
{
    /// <summary>Heads.</summary>
    public required Geometry Shape { get; init; }

    /// <summary>Keys that a row sees, its own included.</summary>
    public required int Window { get; init; }

    /// <summary>Angles; null where nothing turns.</summary>
    public required RopeTable? Rope { get; init; }

    /// <summary>Makes q, k and v.</summary>
    public required ProjectGraph Project { get; init; }

    /// <summary>Makes what is added.</summary>
    public required FinishGraph Finish { get; init; }

    /// <summary>Folds one row.</summary>
    public required FoldGraph FoldRow { get; init; }

    /// <summary>Folds rows that see every key.</summary>
    public required FoldGraph FoldRows { get; init; }

    /// <summary>Folds rows some of which do not see some key.</summary>
    public required FoldGraph FoldMasked { get; init; }
}
