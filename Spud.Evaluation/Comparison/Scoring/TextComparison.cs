namespace Spud.Evaluation.Comparison;

/// <summary>Runs all pipelines through the windows of texts in lockstep, tile by tile, so that only a few rows of logits are held at any time.</summary>
internal sealed class TextComparison : IDisposable
{
    private readonly WindowSettings _settings;
    private readonly WindowPass[] _passes;
    private readonly LogitTile _tile;
    private readonly int _rows;

    public TextComparison(IReadOnlyList<ComparedPipeline> pipelines, WindowSettings settings)
    {
        _settings = settings;
        _rows = pipelines.Min(pipeline => Math.Min(pipeline.Model.Pipeline.Limits.Rows, pipeline.Model.Pipeline.Limits.LogitRows));
        _passes = [.. pipelines.Select(pipeline => new WindowPass(pipeline))];
        _tile = new([.. _passes.Select(pass => pass.Batch)], pipelines[0].Model.Pipeline.Workers, pipelines.Max(pipeline => pipeline.Model.Pipeline.Model.Vocabulary), _rows);
    }

    /// <summary>[pipeline]: time in forward passes.</summary>
    public IEnumerable<TimeSpan> Forward => _passes.Select(pass => pass.Forward);

    /// <summary>Compares one window and adds its results; nothing is added if it is cancelled.</summary>
    /// <param name="window">[<see cref="WindowSettings.Tokens"/>].</param>
    /// <param name="sums">Added to.</param>
    /// <param name="cancellation">Cancels the operation, within a layer.</param>
    public void Compare(ReadOnlySpan<int> window, TextSums sums, CancellationToken cancellation)
    {
        Block block = Block.Of(_passes.Length, _settings.Buckets);
        List<(int Pipeline, double Divergence)> divergences = [];
        foreach (WindowPass pass in _passes)
        {
            pass.Begin(cancellation);
            pass.Skip(window, _settings.FirstRow);
        }

        // The last row predicts a token outside of the window and is not scored.
        int last = window.Length - 1;
        for (int first = _settings.FirstRow, rows; first < last; first += rows)
        {
            // A tile ends where the cache of any of them decides what to keep.
            rows = Math.Min(_rows, last - first);
            foreach (WindowPass pass in _passes)
                rows = Math.Min(rows, pass.RowsToScore);

            foreach (WindowPass pass in _passes)
                pass.Score(window, rows);

            _tile.Reduce(window.Slice(first + 1, rows));
            Add(first, rows, block, divergences);
        }

        sums.Add(block, divergences, [.. _passes.Select(pass => pass.Ledger)]);
        foreach (WindowPass pass in _passes)
            pass.End();
    }

    public void Dispose()
    {
        foreach (WindowPass pass in _passes)
            pass.Dispose();
    }

    private void Add(int first, int rows, Block block, List<(int Pipeline, double Divergence)> divergences)
    {
        block.Tokens += rows;
        for (int pipeline = 0; pipeline < _passes.Length; pipeline++)
        {
            for (int row = 0; row < rows; row++)
            {
                double divergence = _tile.Divergences[pipeline][row];
                block.Losses[pipeline] += _tile.Losses[pipeline][row];
                block.Divergences[pipeline] += divergence;
                block.Agreements[pipeline] += _tile.Agreements[pipeline][row] ? 1 : 0;
                divergences.Add((pipeline, divergence));
            }
        }

        if (_settings.BucketTokens is { } bucketTokens)
            AddBuckets(first - _settings.FirstRow, rows, block, bucketTokens);
    }

    private void AddBuckets(int firstScored, int rows, Block block, int bucketTokens)
    {
        for (int row = 0; row < rows; row++)
        {
            int bucket = (firstScored + row) / bucketTokens;
            block.BucketTokens[bucket]++;
            for (int pipeline = 0; pipeline < _passes.Length; pipeline++)
                block.BucketLosses[bucket][pipeline] += _tile.Losses[pipeline][row];
        }
    }
}
