namespace Spud.Evaluation.Calibration;

/// <summary>How many experts a row of one layer gets: the first of its M best that hold a share of their mass, see docs/routing.md.</summary>
/// <param name="Least">Minimum.</param>
/// <param name="Most">M.</param>
/// <param name="Threshold">Sufficient share of the mass.</param>
/// <param name="Temperature">Temperature of the mass.</param>
public readonly record struct RouterRule(int Least, int Most, double Threshold, float Temperature)
{
    /// <summary>A fixed number of experts for every row.</summary>
    public static RouterRule Fixed(int experts) => new(experts, experts, 1, 1);
}
