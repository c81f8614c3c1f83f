namespace Spud;

/// <summary>What one layer stores of each token.</summary>
public sealed class KvGeometry
{
    /// <summary>G.</summary>
    public required int Heads { get; init; }

    /// <summary>D.</summary>
    public required int KeyWidth { get; init; }

    /// <summary>Dv.</summary>
    public required int ValueWidth { get; init; }
}
