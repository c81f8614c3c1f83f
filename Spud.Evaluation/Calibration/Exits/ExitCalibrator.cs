using System.Collections.Immutable;
using System.Numerics.Tensors;
using Spud.Execution;
using Spud.Sampling;

namespace Spud.Evaluation.Calibration;

/// <summary>
/// Trains exits behind inner layers, without changing the model: a linear map of the residual stream there to that behind the last layer, by least squares, as in the tuned lens (Belrose et al.,
/// arXiv:2303.08112); and a logistic regression that estimates from it whether the next token is that of the whole model.
/// </summary>
/// <param name="model">Composed with the probe in it.</param>
/// <param name="probe">The pipeline's; it records the last layer too.</param>
/// <param name="layers">Layers behind which there will be exits, ascending.</param>
/// <param name="windows">Ids of texts, each read from an empty context; the last fifth of all rows is held out.</param>
/// <param name="cancellation">Cancels the calibration.</param>
public sealed class ExitCalibrator(LanguageModel model, ExitProbe probe, ImmutableArray<int> layers, IReadOnlyList<int[]> windows, CancellationToken cancellation)
{
    private const double Ridge = 1e-3;
    private const int Refinements = 8;
    private static readonly float[] s_thresholds = [0.5f, 0.7f, 0.8f, 0.9f, 0.95f, 0.98f];

    private readonly int _width = model.Pipeline.Model.HiddenWidth, _rows = windows.Sum(static window => window.Length);

    /// <summary>Receives the progress; null if not needed.</summary>
    public Action<CalibrationProgress>? Progress { get; init; }

    private int Fitted => _rows - _rows / 5;

    /// <summary>Trains the exits.</summary>
    public ImmutableArray<FittedExit> Fit()
    {
        int[] whole = Read("the whole model", 0);
        return [.. layers.Select((layer, i) => Fit(layer, i, whole))];
    }

    private FittedExit Fit(int layer, int place, int[] whole)
    {
        ExitMap map = FitMap(layer);
        probe.LeaveAfter(layer, map);
        int[] here = Read($"exit behind layer {layer}", place + 1);
        bool[] agrees = [.. here.Zip(whole, static (a, b) => a == b)];
        (float[] weights, float bias) = FitProbe(layer, agrees);
        float[] probability = new float[_rows];
        for (int row = Fitted; row < _rows; row++)
            probability[row] = 1 / (1 + MathF.Exp(-(TensorPrimitives.Dot(probe.Row(layer, row), weights) + bias)));

        int held = _rows - Fitted;
        return new(layer, map, weights, bias, agrees.Skip(Fitted).Count(static agree => agree) / (double)held, [.. s_thresholds.Select(At)]);

        ExitThreshold At(float threshold)
        {
            int[] leave = [.. Enumerable.Range(Fitted, held).Where(row => probability[row] >= threshold)];
            return new(threshold, leave.Length / (double)held, leave.Length == 0 ? null : leave.Count(row => agrees[row]) / (double)leave.Length);
        }
    }

    /// <summary>Reads all windows; the most likely token after each row.</summary>
    private int[] Read(string step, int place)
    {
        int[] best = new int[_rows];
        int done = 0;
        foreach (int[] window in windows)
        {
            Progress?.Invoke(new(step, (place + (double)done / _rows) / (layers.Length + 1)));
            using Sequence sequence = model.Engine.Open();
            using Batch batch = model.Engine.NewBatch();
            sequence.Cancellation = cancellation;
            while (sequence.Tokens < window.Length)
            {
                // Only rows that are decoded leave; what is computed is the same.
                int rows = model.Engine.Step(batch, sequence, window.AsSpan(sequence.Tokens), Phase.Decode, LogitRows.All);
                for (int row = 0; row < rows; row++)
                    best[done++] = Selection.ArgMax(batch.Logits(0, row), out _);
            }
        }

        return best;
    }

    private ExitMap FitMap(int layer)
    {
        int last = model.Pipeline.Model.Layers.Length - 1;
        NormalEquations equations = new(_width + 1, _width);
        double[] x = new double[_width + 1], y = new double[_width];
        for (int row = 0; row < Fitted; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            Input(layer, row, x);
            TensorPrimitives.ConvertTruncating(probe.Row(last, row), y);
            equations.Add(x, 1, y);
        }

        double[][] solved = equations.Solve(Ridge * Fitted);
        float[] matrix = new float[_width * _width];
        for (int output = 0; output < _width; output++)
        {
            for (int input = 0; input < _width; input++)
                matrix[output * _width + input] = (float)solved[input][output];
        }

        return new(matrix, [.. solved[_width].Select(static value => (float)value)]);
    }

    // Newton's method; the ridge keeps it finite where rows can be separated.
    private (float[] Weights, float Bias) FitProbe(int layer, bool[] agrees)
    {
        double[] weights = new double[_width + 1], x = new double[_width + 1];
        for (int i = 0; i < Refinements; i++)
        {
            NormalEquations equations = new(_width + 1, 1);
            for (int row = 0; row < Fitted; row++)
            {
                cancellation.ThrowIfCancellationRequested();
                Input(layer, row, x);
                double sum = TensorPrimitives.Dot<double>(x, weights), p = 1 / (1 + Math.Exp(-sum)), weight = Math.Max(p * (1 - p), 1e-6);
                equations.Add(x, weight, [weight * sum + (agrees[row] ? 1 : 0) - p]);
            }

            weights = [.. equations.Solve(Ridge * Fitted).Select(static one => one[0])];
        }

        return ([.. weights.Take(_width).Select(static weight => (float)weight)], (float)weights[_width]);
    }

    private void Input(int layer, int row, double[] x)
    {
        TensorPrimitives.ConvertTruncating(probe.Row(layer, row), x.AsSpan(0, _width));
        x[_width] = 1;
    }
}
