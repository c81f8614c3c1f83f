using Spud;

namespace Router.Dynamic;

/// <summary>Resolves options into a rule for each layer, and refuses what the model cannot do.</summary>
internal static class LayerRules
{
    /// <summary>[L]; those of layers that the component does not serve are empty.</summary>
    /// <exception cref="RefusedException">The options contradict each other or the model.</exception>
    public static LayerRule[] Of(DynamicRouterOptions options, IBuildContext build)
    {
        LayerRule[] rules = new LayerRule[build.Model.Layers.Length];
        foreach (int layer in build.Layers)
        {
            int experts = build.Model.Layers[layer].Experts;
            int least = options.MinExperts ?? 1, most = options.MaxExperts ?? build.Model.Layers[layer].ExpertsUsed;
            if (most > experts)
                throw new RefusedException($"router dynamic: maxExperts is {most}, but layer {layer} has {experts} experts. Set it to {experts} or less.");
            if (least > most)
                throw new RefusedException($"router dynamic: minExperts is {least}, but a row of layer {layer} has at most {most} ({(options.MaxExperts is null ? "as the model was trained" : "maxExperts")}). Lower minExperts or raise maxExperts.");

            rules[layer] = new(least, most, options.Threshold ?? 1, options.Temperature ?? 1);
        }

        return rules;
    }
}
