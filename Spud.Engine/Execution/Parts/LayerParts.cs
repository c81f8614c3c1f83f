using System.Collections.Immutable;

namespace Spud.Execution;

/// <summary>What serves one layer in one phase.</summary>
/// <param name="Attention">Always there.</param>
/// <param name="Router">Null in a dense layer, whose plan the host writes itself.</param>
/// <param name="Experts">Always there.</param>
internal sealed record LayerParts(BoundComponent<IAttention> Attention, BoundComponent<IRouter>? Router, BoundComponent<IExperts> Experts)
{
    /// <summary>The attention's fold, decorated where its entry says so.</summary>
    public IFold Fold { get; init; } = new AttentionFold(Attention.Component);

    /// <summary>Names of the decorators, outermost first.</summary>
    public ImmutableArray<string> FoldNames { get; init; } = [];

    /// <summary>K: most experts of a row, asked once when the pipeline is built; 1 in a dense layer.</summary>
    public int MaxExperts { get; init; } = Router?.Component.MaxExpertsPerRow ?? 1;
}
