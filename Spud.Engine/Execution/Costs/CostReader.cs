using Spud.Configuration;
using Spud.Metering;
using Spud.Models;

namespace Spud.Execution;

/// <summary>Derives the costs of a pipeline from its parts.</summary>
internal sealed class CostReader
{
    private readonly PipelineParts _parts;
    private readonly int _layers;

    private CostReader(PipelineParts parts) => (_parts, _layers) = (parts, parts.Model.Layers.Length);

    public static PipelineCosts Read(PipelineParts parts)
    {
        CostReader reader = new(parts);
        return new PipelineCosts
        {
            Model = Path.GetFileName(parts.File.Path),
            Windows = [.. parts.Model.Layers.Select(layer => layer.Has(Trait.Window) ? (long)layer.Number(Trait.Window, 0) : KeyCount.NoWindow)],
            KeyMass = [.. parts.Pages.Layers.Select(KeyMassOf)],
            Experts = [.. parts.Model.Layers.Select((layer, i) => parts.LeavesOut(i) ? 0 : layer.Experts)],
            KvHeads = [.. parts.Pages.Layers.Select(layer => layer.KvHeads)],
            MaxEntries = reader.Entries(reader.EntriesAtMost),
            MinEntries = reader.Entries(reader.EntriesAtLeast),
            Figures =
            [
                .. parts.Components.SelectMany(component => component.Figures.Select(figure => new CountedFigure(component.Role, component.Registered.FullName, figure))),
                .. parts.Depth?.Exits?.Figures.Select(figure => new CountedFigure(Roles.Depth, parts.Depth.Name, figure)) ?? [],
            ],
            Drafted = parts.Drafter?.Cost ?? default,
            Exits = parts.Depth?.Exits is { } exits ? new(exits.Layers[0], exits.Layers.Length, exits.LeaveCost, exits.FinishCost, exits.Missing == MissingKeys.Fill) : null,
            Roles = [.. Enum.GetValues<Phase>().Select(reader.Costs)],
        };
    }

    private RoleCosts[] Costs(Phase phase)
    {
        RoleCosts[] costs = new RoleCosts[PipelineCosts.SlotsOf(_layers)];
        bool tied = _parts.Model.Has(Trait.TiedHead);
        foreach (PipelineComponent component in _parts.Components)
        {
            foreach (WeightEntry weight in component.TakenWeights)
            {
                int? layer = WeightUses.LayerOf(weight);
                if (layer is { } of && (_parts.LeavesOut(of) || !Serves(component, of, phase)))
                    continue;

                ref RoleCosts cost = ref costs[PipelineCosts.SlotOf(layer ?? _layers, Role.Of(component.Role))];
                (WeightCost flops, WeightBytes bytes) = (WeightCost.Of(weight, tied), WeightBytes.Of(weight, tied));
                cost = cost with { Weights = cost.Weights + flops, Bytes = cost.Bytes + bytes };
                if (layer is { } at && FillsBefore(at) && component.Role == Roles.Attention && WeightUses.ProjectsRows(weight))
                    cost = cost with { Filled = new(cost.Filled.Flops + flops.PerRow, cost.Filled.WeightBytes + bytes.PerStep) };
            }
        }

        for (int layer = 0; layer < _layers; layer++)
        {
            if (_parts.LeavesOut(layer))
                continue;

            LayerDescription of = _parts.Model.Layers[layer];
            ref RoleCosts attention = ref costs[PipelineCosts.SlotOf(layer, Role.Attention)], cache = ref costs[PipelineCosts.SlotOf(layer, Role.Cache)];
            attention = attention with { FlopsPerScore = 2L * of.QueryHeads / of.Kv.Heads * (of.Kv.KeyWidth + of.Kv.ValueWidth) };
            bool asks = KeyMassOf(_parts.Pages.Layers[layer]).Rows > 0;
            cache = cache with { BytesPerRow = _parts.Pages.Layers[layer].BytesPerToken, FlopsPerScore = asks ? 2L * of.QueryHeads / of.Kv.Heads * of.Kv.KeyWidth : 0 };
        }

        return costs;
    }

    private bool FillsBefore(int layer) => _parts.Depth?.Exits is { Missing: MissingKeys.Fill } exits && exits.MayBeGoneBefore(layer);

    private static (int Rows, int BorderTokens) KeyMassOf(LayerPages pages) =>
        pages.Observed is { KeyMass: not null, State: var state } ? (state.NotedRows, state.BorderTokens) : (0, 1);

    private bool Serves(PipelineComponent component, int layer, Phase phase)
    {
        LayerParts served = _parts.At(layer, phase);
        IDisposable called = component.Outermost.Called;
        return called == served.Attention.Component || called == served.Experts.Component || called == served.Router?.Component || !Role.Of(component.Role).DiffersByLayer;
    }

    private int[][] Entries(Func<int, Phase, int> entries) =>
        [.. Enum.GetValues<Phase>().Select(phase => Enumerable.Range(0, _layers).Select(layer => _parts.LeavesOut(layer) ? 0 : entries(layer, phase)).ToArray())];

    private int EntriesAtLeast(int layer, Phase phase) =>
        _parts.At(layer, phase).Router is not null && _parts.Model.Layers[layer].Has(Trait.SharedExpert) ? 0 : 1;

    private int EntriesAtMost(int layer, Phase phase) =>
        Math.Min(_parts.At(layer, phase).MaxExperts, _parts.Model.Layers[layer].Experts);
}
