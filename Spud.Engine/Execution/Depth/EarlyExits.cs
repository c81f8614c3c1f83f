using System.Collections.Immutable;

namespace Spud.Execution;

/// <summary>Where and how rows leave early, as the policy said when the pipeline was built.</summary>
/// <param name="policy">The policy.</param>
/// <param name="layers">Layers after which rows may leave, ascending; at least one.</param>
/// <param name="sequences"><see cref="Limits.Sequences"/>.</param>
internal sealed class EarlyExits(ILeavesEarly policy, ImmutableArray<int> layers, int sequences)
{
    public ILeavesEarly Policy => policy;

    /// <summary>Layers after which rows may leave, ascending.</summary>
    public ImmutableArray<int> Layers => layers;

    /// <summary>What becomes of the keys of rows that left.</summary>
    public required MissingKeys Missing { get; init; }

    /// <summary>Cost of one decision for one row.</summary>
    public required RowCost LeaveCost { get; init; }

    /// <summary>Cost of what is made of a row that left.</summary>
    public required RowCost FinishCost { get; init; }

    /// <summary>Whether rows may have left before a layer.</summary>
    public bool MayBeGoneBefore(int layer) => layer > layers[0];

    /// <summary>By place in <see cref="Layers"/>, the number of rows of each sequence that left there.</summary>
    public ImmutableArray<Figure> Figures { get; } = [.. layers.Select(layer => new Figure($"tokens that left after layer {layer}", sequences))];
}
