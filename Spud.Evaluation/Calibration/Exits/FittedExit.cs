using System.Collections.Immutable;

namespace Spud.Evaluation.Calibration;

/// <summary>A trained exit, and what it does on rows that it was not fitted to.</summary>
/// <param name="Layer">The layer behind which it is.</param>
/// <param name="Map">What turns a row into one that the head reads.</param>
/// <param name="Probe">[C]: p in the probability sigmoid(p x + q) that the next token is that of the whole model.</param>
/// <param name="ProbeBias">q.</param>
/// <param name="Agreement">Share of held-out rows whose next token from here is that of the whole model.</param>
/// <param name="Thresholds">What thresholds do on the held-out rows.</param>
public sealed record FittedExit(int Layer, ExitMap Map, float[] Probe, float ProbeBias, double Agreement, ImmutableArray<ExitThreshold> Thresholds);

/// <summary>What a threshold does.</summary>
/// <param name="Threshold">Rows leave if the probability is at least this.</param>
/// <param name="Leave">Share of rows that leave.</param>
/// <param name="Agree">Share of those whose next token is that of the whole model; null if none leave.</param>
public sealed record ExitThreshold(float Threshold, double Leave, double? Agree);
