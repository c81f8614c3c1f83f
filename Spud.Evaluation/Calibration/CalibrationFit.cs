using System.Collections.Immutable;

namespace Spud.Evaluation.Calibration;

/// <summary>Rules, and what they did on the text in the last pass over it.</summary>
public sealed record CalibrationFit
{
    /// <summary>By layer, those with several experts, ascending.</summary>
    public required ImmutableArray<LayerFit> Layers { get; init; }

    /// <summary>Experts of a row on average over these layers.</summary>
    public required double Experts { get; init; }

    /// <summary>Perplexity with as many experts as the model was trained with.</summary>
    public required double BaselinePerplexity { get; init; }

    /// <summary>Perplexity with the rules, divided by that.</summary>
    public required double PerplexityRatio { get; init; }

    /// <summary>Passes over the text, the baseline's included.</summary>
    public required int Passes { get; init; }
}

/// <summary>A layer's part.</summary>
/// <param name="Layer">Its number.</param>
/// <param name="Rule">Fitted.</param>
/// <param name="Experts">Experts of a row on average.</param>
public sealed record LayerFit(int Layer, RouterRule Rule, double Experts);
