namespace Spud.Evaluation.Calibration;

/// <summary>How router 'hierarchical' decides which experts a text may use; see docs/routing.md.</summary>
/// <param name="Size">P.</param>
/// <param name="MinMass">Share of the text's probability that a pool must hold.</param>
/// <param name="HalfLife">Tokens after which a row counts half.</param>
public sealed record PoolRule(int Size, double MinMass, double HalfLife)
{
    /// <summary>Defaults of router 'hierarchical'.</summary>
    public const double DefaultMinMass = 0.5, DefaultHalfLife = 1024;
}
