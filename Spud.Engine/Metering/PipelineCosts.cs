using System.Collections.Immutable;
using Spud.Composition;
using Spud.Models;

namespace Spud.Metering;

/// <summary>
/// What every role of a pipeline costs in every layer and phase: read off once, from the weights that components took and from shapes. The
/// expectation of <c>spud explain</c>, the ledger's count and a budget's bound are all made of these numbers.
/// </summary>
internal sealed class PipelineCosts
{
    private readonly PipelineParts _parts;
    private readonly RoleCosts[][] _costs;

    public PipelineCosts(PipelineParts parts)
    {
        _parts = parts;
        Layers = parts.Model.Layers.Length;
        Windows = [.. parts.Model.Layers.Select(layer => layer.Has(Trait.Window) ? (long)layer.Number(Trait.Window, 0) : KeyCount.NoWindow)];
        BytesPerToken = [.. parts.Pages.Layers.Select(layer => layer.BytesPerToken)];
        KeyMass = [.. parts.Pages.Layers.Select(static layer => layer.Observed is { KeyMass: not null, State: var state } ? (state.NotedRows, state.BorderTokens) : (0, 1))];
        Experts = [.. parts.Model.Layers.Select(layer => layer.Experts)];
        MostEntries = Entries(EntriesAtMost);
        LeastEntries = Entries(EntriesAtLeast);
        Figures = [.. parts.Components.SelectMany(component => component.Figures.Select(figure => (component, figure)))];
        _costs = [.. Enum.GetValues<Phase>().Select(Costs)];
    }

    /// <summary>L.</summary>
    public int Layers { get; }

    /// <summary>Slots of a phase: those of each layer, then those of no layer.</summary>
    public int Slots => (Layers + 1) * Role.All.Length;

    /// <summary>[L]: keys that a row may see.</summary>
    public long[] Windows { get; }

    /// <summary>[L]: rows that ask at each border of a text how much they looked at keys, and tokens from border to border; no rows: nobody asks.</summary>
    public (int Rows, int BorderTokens)[] KeyMass { get; }

    /// <summary>[L]: bytes of a token's keys and values.</summary>
    public long[] BytesPerToken { get; }

    /// <summary>[L]: E.</summary>
    public int[] Experts { get; }

    /// <summary>[phase][L]: most experts of a row.</summary>
    public int[][] MostEntries { get; }

    /// <summary>[phase][L]: fewest experts of a row, where a router may choose.</summary>
    public int[][] LeastEntries { get; }

    /// <summary>Sums that components count for themselves.</summary>
    public ImmutableArray<(PipelineComponent Component, Figure Figure)> Figures { get; }

    /// <summary>File name of the model.</summary>
    public string Model => Path.GetFileName(_parts.File.Path);

    /// <summary>Where a role of a layer stands.</summary>
    /// <param name="layer">0 .. L - 1; L: no layer.</param>
    /// <param name="role">The role.</param>
    public static int SlotOf(int layer, Role role) => layer * Role.All.Length + role.Slot;

    /// <summary>[slot].</summary>
    public ReadOnlySpan<RoleCosts> Of(Phase phase) => _costs[(int)phase];

    private RoleCosts[] Costs(Phase phase)
    {
        RoleCosts[] costs = new RoleCosts[Slots];
        bool tied = _parts.Model.Has(Trait.TiedHead);
        foreach (PipelineComponent component in _parts.Components)
        {
            foreach (WeightEntry weight in component.TakenWeights)
            {
                int? layer = WeightUses.LayerOf(weight);
                if (layer is { } of && !Serves(component, of, phase))
                    continue;

                ref RoleCosts cost = ref costs[SlotOf(layer ?? Layers, Role.Of(component.Role))];
                cost = cost with { Weights = cost.Weights + WeightCost.Of(weight, tied), Bytes = cost.Bytes + WeightBytes.Of(weight, tied) };
            }
        }

        for (int layer = 0; layer < Layers; layer++)
        {
            LayerDescription of = _parts.Model.Layers[layer];
            ref RoleCosts attention = ref costs[SlotOf(layer, Role.Attention)], cache = ref costs[SlotOf(layer, Role.Cache)];
            attention = attention with { FlopsPerScore = 2L * of.QueryHeads / of.Kv.Heads * (of.Kv.KeyWidth + of.Kv.ValueWidth) };
            cache = cache with { BytesPerRow = BytesPerToken[layer], FlopsPerScore = KeyMass[layer].Rows == 0 ? 0 : 2L * of.QueryHeads / of.Kv.Heads * of.Kv.KeyWidth };
        }

        return costs;
    }

    private bool Serves(PipelineComponent component, int layer, Phase phase)
    {
        LayerParts served = _parts.At(layer, phase);
        IDisposable called = component.Outermost.Called;
        return called == served.Attention.Component || called == served.Experts.Component || called == served.Router?.Component || !Role.Of(component.Role).DiffersByLayer;
    }

    private int[][] Entries(Func<int, Phase, int> entries) =>
        [.. Enum.GetValues<Phase>().Select(phase => Enumerable.Range(0, Layers).Select(layer => entries(layer, phase)).ToArray())];

    private int EntriesAtLeast(int layer, Phase phase) =>
        _parts.At(layer, phase).Router is not null && _parts.Model.Layers[layer].Has(Trait.SharedExpert) ? 0 : 1;

    private int EntriesAtMost(int layer, Phase phase) =>
        Math.Min(_parts.At(layer, phase).MaxExperts, _parts.Model.Layers[layer].Experts);
}
