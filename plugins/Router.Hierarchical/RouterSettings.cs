using Router.Shared;
using Spud;
using Spud.Numerics;

namespace Router.Hierarchical;

/// <summary>Options and pack resolved into settings for each layer; refuses settings that the model cannot use.</summary>
internal sealed class RouterSettings
{
    private readonly int[] _pools;

    /// <exception cref="RefusedException">Options and pack contradict each other or the model.</exception>
    public RouterSettings(HierarchicalRouterOptions options, IBuildContext build)
    {
        IPack? pack = build.Pack;
        PackKeys.RequireFormat(pack);
        MinMass = options.MinMass ?? PackKeys.Number(pack, PackKeys.MinMass, 0, 1) ?? HierarchicalRouterOptions.DefaultMinMass;
        Decay = ExpertPool.Decay(options.HalfLife ?? PackKeys.Number(pack, PackKeys.HalfLife, 1, 1e9) ?? HierarchicalRouterOptions.DefaultHalfLife);
        Rules = new LayerRule[build.Model.Layers.Length];
        _pools = new int[Rules.Length];
        foreach (int layer in build.Layers)
        {
            LayerDescription of = build.Model.Layers[layer];
            Rules[layer] = RuleOf(options, pack, layer, of);
            Rules[layer].Require("hierarchical", layer, of.Experts);
            _pools[layer] = PoolOf(options.Pool ?? (int?)PackKeys.Number(pack, PackKeys.Pool, 1, 1024), Rules[layer], layer, of);
        }
    }

    /// <summary>Share of the sums that a pool must hold.</summary>
    public double MinMass { get; }

    /// <summary>Decay of the sums per row.</summary>
    public double Decay { get; }

    /// <summary>[L].</summary>
    public LayerRule[] Rules { get; }

    /// <summary>P; E if the layer has no pool.</summary>
    public int PoolOf(int layer) => _pools[layer];

    private static LayerRule RuleOf(HierarchicalRouterOptions options, IPack? pack, int layer, LayerDescription of)
    {
        if (of.Experts == 1)
            return new(1, 1, 1, 1);

        return new(
            options.MinExperts ?? (int?)PackKeys.Number(pack, PackKeys.MinExperts, 1, of.Experts) ?? 1,
            options.MaxExperts ?? (int?)PackKeys.Number(pack, PackKeys.MaxExperts, 1, of.Experts) ?? of.ExpertsUsed,
            options.Threshold ?? PackKeys.Number(pack, PackKeys.Threshold(layer), 0, 1) ?? 1,
            options.Temperature ?? (float?)PackKeys.Number(pack, PackKeys.Temperature(layer), LayerRule.MinTemperature, LayerRule.MaxTemperature) ?? 1)
        {
            Expected = options is { MinExperts: null, MaxExperts: null, Threshold: null, Temperature: null, Pool: null }
                ? (float?)PackKeys.Number(pack, PackKeys.Experts(layer), 1, of.Experts)
                : null,
        };
    }

    private static int PoolOf(int? wanted, LayerRule rule, int layer, LayerDescription of)
    {
        int least = Math.Min(of.Experts, Math.Max(2 * of.ExpertsUsed, rule.Most));
        if (wanted is not { } size || of.Experts == 1)
            return Math.Max(of.Experts / 4, least);
        if (size > of.Experts)
            throw new RefusedException($"router hierarchical: pool is {size}, but layer {layer} has {of.Experts} experts. Set it to {of.Experts} or less.");
        if (size < least)
            throw new RefusedException($"router hierarchical: pool is {size}, but layer {layer} needs at least {least}: twice the {of.ExpertsUsed} experts that the model was trained to use, and no fewer than maxExperts. Set it to {least} or more.");

        return size;
    }
}
