using Spud.Execution;

namespace Spud.Evaluation.Comparison;

/// <summary>
/// Reduces the logits of a few rows, which all pipelines have just computed, to a loss, a divergence from the first pipeline and an agreement
/// each; then the logits are overwritten by those of the next rows. Rows are distributed over the first pipeline's threads.
/// </summary>
internal sealed class LogitTile
{
    private readonly Batch[] _batches;
    private readonly WorkerPool _pool;
    private readonly RowDistribution[][] _scratch;
    private readonly int[] _targets;

    /// <param name="batches">[pipeline]: where the logits are.</param>
    /// <param name="pool">Threads of the first pipeline, which is idle meanwhile.</param>
    /// <param name="vocabulary">V, of the largest model.</param>
    /// <param name="rows">Maximum number of rows of a tile.</param>
    public LogitTile(Batch[] batches, WorkerPool pool, int vocabulary, int rows)
    {
        (_batches, _pool, _targets) = (batches, pool, new int[rows]);
        _scratch = [.. Enumerable.Range(0, pool.Threads).Select(_ => new[] { new RowDistribution(vocabulary), new RowDistribution(vocabulary) })];
        (Losses, Divergences, Agreements) = (New<double>(), New<double>(), New<bool>());

        T[][] New<T>() => [.. batches.Select(_ => new T[rows])];
    }

    /// <summary>[pipeline][row], in nats.</summary>
    public double[][] Losses { get; }

    /// <summary>[pipeline][row], in nats; 0 for the first pipeline, NaN where the vocabularies have different sizes.</summary>
    public double[][] Divergences { get; }

    /// <summary>[pipeline][row]: whether the most likely token is the first pipeline's.</summary>
    public bool[][] Agreements { get; }

    /// <summary>Reduces the batches' logits.</summary>
    /// <param name="targets">What each row should have predicted.</param>
    public void Reduce(ReadOnlySpan<int> targets)
    {
        targets.CopyTo(_targets);
        RowJob job = new(this);
        _pool.Run(targets.Length, ref job);
    }

    private void ReduceRow(int row, int worker)
    {
        (RowDistribution first, RowDistribution other) = (_scratch[worker][0], _scratch[worker][1]);
        ReadOnlySpan<float> expected = _batches[0].Logits(0, row);
        first.Take(expected);
        Losses[0][row] = first.Loss(expected, _targets[row]);
        Agreements[0][row] = true;
        for (int i = 1; i < _batches.Length; i++)
        {
            ReadOnlySpan<float> logits = _batches[i].Logits(0, row);
            other.Take(logits);
            Losses[i][row] = other.Loss(logits, _targets[row]);
            Divergences[i][row] = logits.Length == expected.Length ? first.Divergence(expected, other, logits) : double.NaN;
            Agreements[i][row] = other.Best == first.Best;
        }
    }

    private readonly struct RowJob(LogitTile tile) : IJob
    {
        public void Run(int part, int worker) => tile.ReduceRow(part, worker);
    }
}
