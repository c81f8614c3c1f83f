namespace Spud;

/// <summary>What a layer stores of each token.</summary>
public sealed class KvGeometry
{
    /// <summary>G: number of KV heads.</summary>
    public required int Heads { get; init; }

    /// <summary>D: width of a key, and of a query.</summary>
    public required int KeyWidth { get; init; }

    /// <summary>Dv: width of a value.</summary>
    public required int ValueWidth { get; init; }
}
