namespace Router.Dynamic;

/// <summary>How many experts a row of one layer gets.</summary>
/// <param name="Least">Minimum.</param>
/// <param name="Most">M: most, and the candidates whose mass counts.</param>
/// <param name="Threshold">Share of their mass that suffices.</param>
/// <param name="Temperature">Of the mass.</param>
internal readonly record struct LayerRule(int Least, int Most, double Threshold, float Temperature)
{
    /// <summary>Experts of a row on average, where that was measured; null: not known.</summary>
    public float? Expected { get; init; }
}
