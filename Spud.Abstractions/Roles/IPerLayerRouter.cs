using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>A router whose K differs between layers: a layer's plans then have room for its own K, and budgets count with it.</summary>
[Experimental(Experiments.Id)]
public interface IPerLayerRouter : IRouter
{
    /// <summary>K of a layer: 1 to <see cref="IRouter.MaxExpertsPerRow"/>. Asked once, when the pipeline is built.</summary>
    int MaxExpertsIn(int layer);
}
