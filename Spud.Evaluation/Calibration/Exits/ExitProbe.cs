using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Spud.Evaluation.Calibration;

/// <summary>
/// In place of a depth policy: records the residual stream behind layers, each row divided by the root of its mean square; or lets all rows leave behind one of them, through a map.
/// </summary>
/// <param name="layers">Layers behind which rows are recorded, ascending.</param>
/// <param name="rows">Maximum number of rows.</param>
/// <param name="width">C.</param>
public sealed class ExitProbe(ImmutableArray<int> layers, int rows, int width) : ILeavesEarly
{
    private readonly float[][] _recorded = [.. layers.Select(_ => new float[(long)rows * width])];
    private readonly int[] _counts = new int[layers.Length];
    private int? _leaves;
    private ExitMap? _map;

    /// <inheritdoc/>
    public MissingKeys Missing => MissingKeys.Fill;

    /// <inheritdoc/>
    public RowCost LeaveCost => default;

    /// <inheritdoc/>
    public RowCost FinishCost => default;

    /// <summary>A recorded row, [C].</summary>
    public ReadOnlySpan<float> Row(int layer, int row) => _recorded[layers.IndexOf(layer)].AsSpan(row * width, width);

    /// <summary>From now on all rows leave behind a layer, through a map.</summary>
    public void LeaveAfter(int layer, ExitMap map) => (_leaves, _map) = (layer, map);

    /// <inheritdoc/>
    public bool MayLeaveAfter(int layer) => layers.Contains(layer);

    /// <inheritdoc/>
    public void Leave(int layer, in Step step, in TensorView hidden, Span<bool> leaves)
    {
        if (_leaves is { } only)
        {
            leaves.Fill(layer == only);
            return;
        }

        int place = layers.IndexOf(layer);
        for (int row = 0; row < step.Rows; row++)
            Normalise(hidden.At(row).AsSpan<float>(), _recorded[place].AsSpan(_counts[place]++ * width, width));
    }

    /// <inheritdoc/>
    public void Finish(int layer, in TensorView hidden)
    {
        float[] x = new float[width];
        for (int row = 0; row < hidden.Shape[0]; row++)
        {
            Span<float> values = hidden.At(row).AsSpan<float>();
            Normalise(values, x);
            _map!.Apply(x, values);
        }
    }

    private static void Normalise(ReadOnlySpan<float> row, Span<float> x) => TensorPrimitives.Divide(row, MathF.Sqrt(TensorPrimitives.SumOfSquares(row) / row.Length + 1e-12f), x);
}
