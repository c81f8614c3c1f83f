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
                throw new RefusedException($"router dynamic: calibration {path} and {option} are both given, but the calibration has its own rule. Remove one of them.");
            calibration = CalibrationFile.Load(path, build);
        }

        if (options.ExpertThresholds is not null && (options.Threshold is null ? options.Temperature is null ? null : "temperature" : "threshold") is { } unused)
            throw new RefusedException($"router dynamic: expertThresholds and {unused} are both given, but with thresholds of their own the mass of experts is not used. Remove one of them.");

        LayerRule[] rules = new LayerRule[build.Model.Layers.Length];
        foreach (int layer in build.Layers)
        {
            LayerDescription of = build.Model.Layers[layer];
            rules[layer] = calibration?.Rule(layer)
                ?? new(options.MinExperts ?? 1, options.MaxExperts ?? of.ExpertsUsed, options.Threshold ?? 1, options.Temperature ?? 1) { ExpertThresholds = OfExperts(options.ExpertThresholds, layer, of.Experts) };
            rules[layer].Require("dynamic", layer, of.Experts);
        }

        return rules;
    }

    // [E].
    private static float[]? OfExperts(float[]? given, int layer, int experts)
    {
        if (given is null)
            return null;
        if (given.Length != 1 && given.Length != experts)
            throw new RefusedException($"router dynamic: expertThresholds has {given.Length} numbers, but layer {layer} has {experts} experts. Give {experts} numbers, or one for all.");
        if (Array.FindIndex(given, static threshold => threshold is not (>= 0 and <= 1)) is >= 0 and int wrong)
            throw new RefusedException($"router dynamic: expertThresholds[{wrong}] is {given[wrong]}, expected 0 to 1: it is compared with a probability.");

        return given.Length == experts ? given : [.. Enumerable.Repeat(given[0], experts)];
    }

    private static string? Given(DynamicRouterOptions options) =>
        options.MinExperts is not null ? "minExperts"
        : options.MaxExperts is not null ? "maxExperts"
        : options.Threshold is not null ? "threshold"
        : options.Temperature is not null ? "temperature"
        : options.ExpertThresholds is not null ? "expertThresholds"
        : null;
}
