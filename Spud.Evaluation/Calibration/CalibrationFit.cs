using System.Collections.Immutable;

namespace Spud.Evaluation.Calibration;

/// <summary>Rules, and their results on the text in the last pass.</summary>
public sealed record CalibrationFit
{
    /// <summary>Layers with several experts, ascending.</summary>
    public required ImmutableArray<LayerFit> Layers { get; init; }

    /// <summary>Average experts per row over these layers.</summary>
    public required double Experts { get; init; }

    /// <summary>Perplexity with as many experts as the model was trained with.</summary>
    public required double BaselinePerplexity { get; init; }

    /// <summary>Perplexity with the rules, divided by the baseline.</summary>
    public required double PerplexityRatio { get; init; }

    /// <summary>Passes over the text, including the baseline's.</summary>
    public required int Passes { get; init; }
}

/// <summary>The fit of a layer.</summary>
/// <param name="Layer">Its number.</param>
/// <param name="Rule">The fitted rule.</param>
/// <param name="Experts">Average experts per row.</param>
public sealed record LayerFit(int Layer, RouterRule Rule, double Experts);
