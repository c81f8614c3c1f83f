namespace Spud.Evaluation.Calibration;

/// <summary>Contents of a pack and quality of its fit.</summary>
/// <param name="Layers">Rules and average experts per row.</param>
/// <param name="Pool">Experts of a layer that a text may use.</param>
/// <param name="Experts">Average experts per token.</param>
/// <param name="BaselinePerplexity">Perplexity with as many experts as the model was trained with, and no pools.</param>
/// <param name="PerplexityRatio">Perplexity with pools and rules, divided by the baseline.</param>
/// <param name="Tokens">Of the texts.</param>
/// <param name="Labels">Kinds of text.</param>
/// <param name="AccuracyAt64">Share of held-out pieces recognised after 64 tokens.</param>
/// <param name="AccuracyAt128">Likewise after 128 tokens.</param>
public sealed record RouterPackSummary(
    CalibratedLayer[] Layers, int Pool, double Experts, double BaselinePerplexity, double PerplexityRatio, int Tokens, string[] Labels, double AccuracyAt64, double AccuracyAt128)
{
    public static RouterPackSummary Of(RouterPack pack, int tokens) => new(
        [.. pack.Fit.Layers.Select(layer => new CalibratedLayer(layer.Layer, layer.Rule.Threshold, layer.Rule.Temperature, Math.Round(layer.Experts, 4)))],
        pack.Pool.Size, Math.Round(pack.Fit.Experts, 4), Math.Round(pack.Fit.BaselinePerplexity, 4), Math.Round(pack.Fit.PerplexityRatio, 6), tokens,
        [.. pack.Labels.Names], Math.Round(pack.Labels.AccuracyAt64, 4), Math.Round(pack.Labels.AccuracyAt128, 4));
}
