using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>A router whose K differs between layers. Plans and budgets of a layer are sized by its own K.</summary>
[Experimental(Experiments.Id)]
public interface IPerLayerRouter : IRouter
{
    /// <summary>K of a layer, 1 to <see cref="IRouter.MaxExpertsPerRow"/>. Called once for each layer, when the pipeline is built.</summary>
    /// <param name="layer">0 .. L - 1.</param>
    int MaxExpertsIn(int layer);
}
