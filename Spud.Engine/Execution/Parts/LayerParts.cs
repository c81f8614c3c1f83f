using System.Collections.Immutable;

namespace Spud.Execution;

/// <summary>The components that serve one layer in one phase.</summary>
/// <param name="Attention">The attention, always present.</param>
/// <param name="Router">The router; null in a dense layer, whose plan the host writes itself.</param>
/// <param name="Experts">The experts, always present.</param>
internal sealed record LayerParts(BoundComponent<IAttention> Attention, BoundComponent<IRouter>? Router, BoundComponent<IExperts> Experts)
{
    /// <summary>The attention's fold, with decorators if its entry has any.</summary>
    public IFold Fold { get; init; } = new AttentionFold(Attention.Component);

    /// <summary>Names of the decorators, outermost first.</summary>
    public ImmutableArray<string> FoldNames { get; init; } = [];

    /// <summary>K: maximum experts per row, queried once when the pipeline is built; 1 in a dense layer.</summary>
    public int MaxExperts { get; init; } = Router?.Component.MaxExpertsPerRow ?? 1;
}
