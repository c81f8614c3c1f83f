using Spud;

namespace Router.Shared;

/// <summary>How many experts a row of one layer gets.</summary>
/// <param name="Least">Minimum.</param>
/// <param name="Most">M: maximum, and number of candidates whose mass counts.</param>
/// <param name="Threshold">Sufficient share of their mass.</param>
/// <param name="Temperature">Temperature of the mass.</param>
internal readonly record struct LayerRule(int Least, int Most, double Threshold, float Temperature)
{
    /// <summary>Below this, the best expert has all of the mass.</summary>
    public const double MinTemperature = 0.0625;

    /// <summary>Above this, the mass is the number of experts.</summary>
    public const double MaxTemperature = 16;

    /// <summary>[E]: candidates whose probability exceeds their own one are used, whatever their mass; null: the mass decides.</summary>
    public float[]? ExpertThresholds { get; init; }

    /// <summary>Measured average of experts per row; null if unknown.</summary>
    public float? Expected { get; init; }

    /// <summary>Refuses settings that a layer cannot use.</summary>
    /// <param name="router">The component, for the message.</param>
    /// <param name="layer">Its number.</param>
    /// <param name="experts">E.</param>
    /// <exception cref="RefusedException">The numbers of experts contradict each other or the layer.</exception>
    public void Require(string router, int layer, int experts)
    {
        if (Most > experts)
            throw new RefusedException($"router {router}: maxExperts is {Most}, but layer {layer} has {experts} experts. Set it to {experts} or less.");
        if (Least > Most)
            throw new RefusedException($"router {router}: minExperts is {Least}, but a row of layer {layer} has at most {Most} experts. Lower minExperts or raise maxExperts.");
        if (Least < 1)
            throw new RefusedException($"router {router}: minExperts is {Least}, expected at least 1.");
    }
}
