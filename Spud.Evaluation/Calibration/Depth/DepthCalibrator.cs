using System.Collections.Immutable;
using Spud.Evaluation.Comparison;
using Spud.Execution;

namespace Spud.Evaluation.Calibration;

/// <summary>
/// Finds out which layers of a model cost least when they are left out: first each one alone, then greedily, each step adding the layer that costs least
/// together with those already left out. The cost is the divergence D(whole || without) of predictions.
/// </summary>
/// <param name="whole">The whole model; computes logits of several rows.</param>
/// <param name="without">Loads it without some layers (ascending); disposed after use.</param>
/// <param name="windows">Ids of texts, each read from an empty context; at least 2 each.</param>
/// <param name="cancellation">Cancels the calibration.</param>
public sealed class DepthCalibrator(LanguageModel whole, Func<ImmutableArray<int>, LanguageModel> without, IReadOnlyList<int[]> windows, CancellationToken cancellation)
{
    private readonly RowDistribution _of = new(whole.Pipeline.Model.Vocabulary), _other = new(whole.Pipeline.Model.Vocabulary);

    /// <summary>Receives the progress; null if not needed.</summary>
    public Action<CalibrationProgress>? Progress { get; init; }

    /// <summary>The cost of leaving each layer out alone, the lowest first.</summary>
    public ImmutableArray<DepthStep> Alone()
    {
        int layers = whole.Pipeline.Model.Layers.Length;
        return [.. Enumerable.Range(0, layers).Select(layer => Measured([layer], $"layer {layer} of {layers}", (double)layer / layers)).OrderBy(static step => step.Divergence)];
    }

    /// <summary>The cheapest single layer, then always one layer more.</summary>
    /// <param name="alone">See <see cref="Alone"/>.</param>
    /// <param name="count">Maximum number of layers left out, at least 1 and below L.</param>
    /// <param name="tried">Number of layers that each step tries: those that are cheapest alone.</param>
    public ImmutableArray<DepthStep> Path(ImmutableArray<DepthStep> alone, int count, int tried)
    {
        List<DepthStep> path = [alone[0]];
        while (path.Count < count)
        {
            ImmutableArray<int> left = path[^1].Layers;
            int[] candidates = [.. alone.Select(static step => step.Layers[0]).Except(left).Take(tried)];
            path.Add(candidates.Select((layer, i) => Measured([.. left.Append(layer).Order()], $"{path.Count + 1} layers, candidate {i + 1} of {candidates.Length}", (path.Count - 1 + (double)i / candidates.Length) / (count - 1)))
                .MinBy(static step => step.Divergence)!);
        }

        return [.. path];
    }

    private DepthStep Measured(ImmutableArray<int> layers, string step, double share)
    {
        Progress?.Invoke(new(step, share));
        using LanguageModel part = without(layers);
        (double divergence, double loss, long rows, long predicted, decimal units) = (0, 0, 0, 0, 0);
        foreach (int[] window in windows)
        {
            using Sequence one = whole.Engine.Open(), other = part.Engine.Open();
            using Batch ofWhole = whole.Engine.NewBatch(), ofPart = part.Engine.NewBatch();
            (one.Cancellation, other.Cancellation) = (cancellation, cancellation);
            while (one.Tokens < window.Length)
            {
                int first = one.Tokens, count = whole.Engine.Step(ofWhole, one, window.AsSpan(first), Phase.Prefill, LogitRows.All);
                part.Engine.Step(ofPart, other, window.AsSpan(first, count), Phase.Prefill, LogitRows.All);
                for (int row = 0; row < count; row++)
                {
                    Span<float> p = ofWhole.Logits(0, row), q = ofPart.Logits(0, row);
                    _of.Take(p);
                    _other.Take(q);
                    divergence += _of.Divergence(p, _other, q);
                    if (first + row + 1 == window.Length)
                        continue;

                    loss += _other.Loss(q, window[first + row + 1]);
                    predicted++;
                }
            }

            (rows, units) = (rows + window.Length, units + other.Ledger.ComputeUnits);
        }

        return new(layers, divergence / rows, Math.Exp(loss / predicted), units / rows);
    }
}
