using Spud.Training.Model.Selection;

namespace Spud.Training.Model;

/// <summary>How the routers of a mixture are trained.</summary>
/// <param name="Factors">Weights of their auxiliary losses.</param>
/// <param name="Recipe">How experts are chosen.</param>
/// <param name="Seed">Seed of the rules' random numbers.</param>
internal sealed record MixtureTraining(AuxiliaryLosses Factors, RoutingRecipe Recipe, ulong Seed)
{
    /// <summary>The best K and no auxiliary losses, as for dense models and inference.</summary>
    public static MixtureTraining None { get; } = new(default, new(), 0);
}
