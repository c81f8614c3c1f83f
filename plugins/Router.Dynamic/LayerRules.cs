using Router.Shared;
using Spud;

namespace Router.Dynamic;

/// <summary>Resolves options into a rule for each layer, and refuses options the model does not support.</summary>
internal static class LayerRules
{
    /// <summary>[L]; empty for layers that the component does not serve.</summary>
    /// <exception cref="RefusedException">The options contradict each other or the model, or the calibration is for another model.</exception>
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
            rules[layer].Require("dynamic", layer, of.Experts);
        }

        return rules;
    }

    private static string? Given(DynamicRouterOptions options) =>
        options.MinExperts is not null ? "minExperts"
        : options.MaxExperts is not null ? "maxExperts"
        : options.Threshold is not null ? "threshold"
        : options.Temperature is not null ? "temperature"
        : null;
}
