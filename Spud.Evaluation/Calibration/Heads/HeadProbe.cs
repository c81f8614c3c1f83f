namespace Spud.Evaluation.Calibration;

/// <summary>
/// Replaces the cache of a pipeline while its heads are calibrated: every KV head has its own pages and keeps everything, except heads that
/// are made to stream. While a text that repeats its beginning is read, it records how much the repetition attends to the beginning.
/// </summary>
public sealed class HeadProbe : ICachePolicy, IObservesQueries
{
    /// <summary>Tokens between two reviews, and keys per page.</summary>
    public const int BorderTokens = 32;

    private readonly ModelDescription _model;
    private readonly int _context;
    private readonly float[][][] _looks;
    private readonly double[][] _far;
    private readonly long[] _farRows;
    private readonly int?[][] _recent;
    private int _beginning;

    /// <param name="model">The model.</param>
    /// <param name="limits">Limits of the pipeline.</param>
    public HeadProbe(ModelDescription model, Limits limits)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(limits);
        (_model, _context) = (model, limits.ContextTokens);
        _looks = [.. model.Layers.Select(layer => Enumerable.Range(0, layer.Kv.Heads).Select(_ => new float[limits.ContextTokens]).ToArray())];
        _far = [.. model.Layers.Select(static layer => new double[layer.Kv.Heads])];
        _farRows = new long[model.Layers.Length];
        _recent = [.. model.Layers.Select(static layer => new int?[layer.Kv.Heads])];
    }

    /// <summary>Tokens at the start of a text that streaming heads keep.</summary>
    public int Sinks { get; init; } = 64;

    /// <summary>Keys further back than this many tokens count as far.</summary>
    public int Recent { get; init; } = 256;

    /// <summary>KV heads of the layers without a sliding window.</summary>
    public IEnumerable<CalibratedHead> Heads => Enumerable.Range(0, _model.Layers.Length)
        .Where(layer => !_model.Layers[layer].Has(Trait.Window))
        .SelectMany(layer => Enumerable.Range(0, _model.Layers[layer].Kv.Heads).Select(head => new CalibratedHead(layer, head)));

    /// <summary>Makes only these heads stream from now on.</summary>
    public void Stream(params ReadOnlySpan<HeadWindow> windows)
    {
        foreach (int?[] layer in _recent)
            Array.Clear(layer);
        foreach (HeadWindow window in windows)
            _recent[window.Head.Layer][window.Head.Head] = window.Recent;
    }

    /// <summary>Records from now on how much rows after the beginning of a text attend to it.</summary>
    /// <param name="tokens">Length of the beginning; 0 stops recording.</param>
    public void Watch(int tokens)
    {
        _beginning = tokens;
        foreach (float[] looks in _looks.SelectMany(static heads => heads))
            Array.Fill(looks, float.NegativeInfinity);
    }

    /// <summary>[tokens]: the maximum probability that any row after the beginning gave to each of its keys, over the query heads of the KV head.</summary>
    public float[] Looks(CalibratedHead head) => [.. _looks[head.Layer][head.Head].Take(_beginning).Select(MathF.Exp)];

    /// <summary>
    /// Share of the attention of the beginnings recorded so far that fell on keys a streaming head drops, averaged over rows and query heads.
    /// 0 if no beginning is longer than what such a head keeps.
    /// </summary>
    public double Far(CalibratedHead head) =>
        _farRows[head.Layer] == 0 ? 0 : _far[head.Layer][head.Head] / (_farRows[head.Layer] * (_model.Layers[head.Layer].QueryHeads / _model.Layers[head.Layer].Kv.Heads));

    /// <inheritdoc/>
    public CacheLayout Layout(int layer)
    {
        int heads = _model.Layers[layer].Kv.Heads, page = Math.Min(BorderTokens, _context);
        return new(new PoolLayout { PageTokens = page, Keys = ElementType.F32, Values = ElementType.F32, PerHead = true, KeysAtMost = checked(heads * _context) }) { ReviewTokens = page };
    }

    /// <inheritdoc/>
    public SequenceStateLayout? StateOf(int layer) => new() { Bytes = 0, RowBytes = 8, BorderTokens = Math.Min(BorderTokens, _context), NotedRows = null };

    /// <inheritdoc/>
    public void Advance(int layer, in TensorView notes, in TensorView state)
    {
        // The recorded data belong to the calibration, not to the text.
    }

    /// <inheritdoc/>
    public void Review(int layer, IHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        for (int head = 0; head < _recent[layer].Length; head++)
        {
            if (_recent[layer][head] is not { } recent)
                continue;

            ReadOnlySpan<KeyRun> runs = history.RunsOf(0, head);
            for (int run = 0; run < runs.Length; run++)
            {
                ReadOnlySpan<int> positions = history.PositionsOf(0, runs[run]);
                int first = FirstAt(positions, Sinks), end = FirstAt(positions, history.Tokens - recent);
                if (first < end)
                    history.Drop(0, head, run, first, end - first);
            }
        }
    }

    /// <summary>The first key at a position or later.</summary>
    private static int FirstAt(ReadOnlySpan<int> positions, int position)
    {
        int found = positions.BinarySearch(position);
        return found < 0 ? ~found : found;
    }

    /// <inheritdoc/>
    public void Observe(int layer, in Step step, in TensorView query, in AttentionState state, ReadOnlySpan<PageView> pages)
    {
        SequenceSlice slice = step.Sequences[0];
        if (_beginning == 0)
            return;
        if (!pages[0].Pool.Keys.Domain.IsHost)
            throw new CalibrationException("heads are calibrated with an attention that works in host memory. Name another one: --set attention=cpu");

        int behind = Math.Clamp(_beginning - slice.FirstPosition, 0, slice.Rows), first = Math.Clamp(Sinks + Recent - slice.FirstPosition, 0, behind);
        _farRows[layer] += behind - first;
        (TensorView queries, AttentionState sums, PageView keys) = (query, state, pages[0]);
        Parallel.For(0, _looks[layer].Length, head =>
        {
            HeadRows rows = new(_model.Layers[layer], head, queries, sums, keys, slice);
            for (int row = first; row < behind; row++)
                _far[layer][head] += rows.Sum(row, Sinks, slice.FirstPosition + row - Recent + 1);
            if (behind < slice.Rows)
                rows.AddMaxima(behind, _looks[layer][head].AsSpan(0, _beginning));
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The pipeline disposes of the cache that it built.
    }
}
