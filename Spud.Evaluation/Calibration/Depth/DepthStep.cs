using System.Collections.Immutable;

namespace Spud.Evaluation.Calibration;

/// <summary>What leaving layers out costs.</summary>
/// <param name="Layers">The layers left out, ascending.</param>
/// <param name="Divergence">Mean divergence from the whole model's predictions, in nats per token.</param>
/// <param name="Perplexity">Of the text.</param>
/// <param name="ComputeUnits">CU per token.</param>
public sealed record DepthStep(ImmutableArray<int> Layers, double Divergence, double Perplexity, decimal ComputeUnits);
