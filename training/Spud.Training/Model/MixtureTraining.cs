using Spud.Training.Model.Selection;

namespace Spud.Training.Model;

/// <summary>How the routers of a mixture are trained.</summary>
/// <param name="Factors">Of their own losses.</param>
/// <param name="Recipe">How experts are chosen.</param>
/// <param name="Seed">Of what rules draw.</param>
internal sealed record MixtureTraining(AuxiliaryLosses Factors, RoutingRecipe Recipe, ulong Seed)
{
    /// <summary>The best K, and no losses of their own: what a dense model and a plain use need.</summary>
    public static MixtureTraining None { get; } = new(default, new(), 0);
}
