using System.Collections.Immutable;
using Spud.Runtime.Metering;
using Spud.Runtime.Models;

namespace Spud.Runtime.Composition;

/// <summary>What one token costs in a pipeline, from the weights that its components took and the pages that they read.</summary>
internal sealed class TokenCosts(PipelineParts parts)
{
    private readonly bool _tied = parts.Model.Has(Trait.TiedHead);

    /// <summary>The cost of a token alone in its step.</summary>
    /// <param name="phase">Whose components.</param>
    /// <param name="depth">Tokens before it.</param>
    /// <param name="logits">Whether its logits are read.</param>
    public TokenCost Of(Phase phase, int depth, bool logits)
    {
        ImmutableArray<RoleCost> roles = [.. Roles.All.Where(role => role != Roles.Cache).Select(role => OfRole(role, phase, depth, logits))];
        long flops = roles.Sum(role => role.Flops);
        return new()
        {
            Depth = depth,
            Roles = roles,
            Flops = flops,
            ComputeUnits = flops / ComputeExplanation.FlopsPerUnit,
            WeightBytesRead = roles.Sum(role => role.WeightBytesRead),
            KvBytesRead = Layers().Sum(layer => KeysSeen(layer, depth) * parts.Pages.Layers[layer].BytesPerToken),
            KvBytesWritten = parts.Pages.BytesPerToken,
        };
    }

    private RoleCost OfRole(string role, Phase phase, int depth, bool logits)
    {
        (long flops, long bytes) = (0, 0);
        foreach (PipelineComponent component in parts.Components.Where(component => component.Role == role))
        {
            foreach (WeightEntry weight in component.Weights.Taken)
            {
                if (LayerOf(weight.Name) is { } layer && !Serves(component, layer, phase))
                    continue;

                long entries = LayerOf(weight.Name) is { } mixture ? PlanEntries(mixture, phase) : 0;
                flops += WeightCost.Flops(weight, _tied).Of(1, entries, logits ? 1 : 0);
                bytes += WeightCost.BytesRead(weight, _tied).Of(1, entries, logits ? 1 : 0);
            }
        }

        if (role == Roles.Attention)
            flops += Layers().Sum(layer => KeysSeen(layer, depth) * AttentionCost.FlopsPerKey(parts.Model.Layers[layer]));

        return new(role, flops, bytes);
    }

    private bool Serves(PipelineComponent component, int layer, Phase phase)
    {
        LayerParts served = parts.At(layer, phase);
        return component.Instance == served.Attention.Component || component.Instance == served.Experts.Component
            || component.Instance == served.Router?.Component || component.Role is Roles.Head or Roles.Cache;
    }

    private int PlanEntries(int layer, Phase phase) =>
        parts.At(layer, phase).Router is { } router ? Math.Min(router.Component.MaxExpertsPerRow, parts.Model.Layers[layer].Experts) : 1;

    private long KeysSeen(int layer, int depth) => AttentionCost.KeysSeen(parts.Model.Layers[layer], depth, parts.Pages.Layers[layer].TokensAtMost);

    private IEnumerable<int> Layers() => Enumerable.Range(0, parts.Model.Layers.Length);

    /// <summary>N of "blk.N.…"; null for a weight of no layer.</summary>
    private static int? LayerOf(string name) =>
        name.StartsWith("blk.", StringComparison.Ordinal) && name.IndexOf('.', 4) is > 4 and var dot && int.TryParse(name.AsSpan(4, dot - 4), out int layer) ? layer : null;
}
