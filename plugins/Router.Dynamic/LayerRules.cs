using Spud;

namespace Router.Dynamic;

/// <summary>Resolves options into a rule for each layer, and refuses what the model cannot do.</summary>
internal static class LayerRules
{
    /// <summary>[L]; those of layers that the component does not serve are empty.</summary>
    /// <exception cref="RefusedException">The options contradict each other or the model, or the calibration is not for it.</exception>
    public static LayerRule[] Of(DynamicRouterOptions options, IBuildContext build)
    {
        CalibrationFile? calibration = null;
        if (options.Calibration is { } path)
        {
            if (Given(options) is { } option)
                throw new RefusedException($"router dynamic: calibration {path} and {option} are both given, but the calibration has its own {option}. Remove one of them.");
            calibration = CalibrationFile.Load(path, build);
        }

        LayerRule[] rules = new LayerRule[build.Model.Layers.Length];
        foreach (int layer in build.Layers)
        {
            LayerDescription of = build.Model.Layers[layer];
            rules[layer] = calibration?.Rule(layer)
                ?? new(options.MinExperts ?? 1, options.MaxExperts ?? of.ExpertsUsed, options.Threshold ?? 1, options.Temperature ?? 1);
            Require(rules[layer], layer, of.Experts);
        }

        return rules;
    }

    private static void Require(LayerRule rule, int layer, int experts)
    {
        if (rule.Most > experts)
            throw new RefusedException($"router dynamic: maxExperts is {rule.Most}, but layer {layer} has {experts} experts. Set it to {experts} or less.");
        if (rule.Least > rule.Most)
            throw new RefusedException($"router dynamic: minExperts is {rule.Least}, but a row of layer {layer} has at most {rule.Most} experts. Lower minExperts or raise maxExperts.");
        if (rule.Least < 1)
            throw new RefusedException($"router dynamic: minExperts is {rule.Least}, expected at least 1.");
    }

    private static string? Given(DynamicRouterOptions options) =>
        options.MinExperts is not null ? "minExperts"
        : options.MaxExperts is not null ? "maxExperts"
        : options.Threshold is not null ? "threshold"
        : options.Temperature is not null ? "temperature"
        : null;
}
