using Spud;

namespace Reference;

/// <summary>
/// Keeps of each KV head the keys that the last rows before a review looked at most, as SnapKV does (arXiv:2404.14469): the first tokens, the last
/// ones, and of the others those with the largest key mass, which neighbours share.
/// </summary>
internal sealed class ObservedCache : ICachePolicy, IObservesQueries
{
    private readonly ObservedOptions _options;
    private readonly IBuildContext _build;
    private readonly TensorView _mass;
    private readonly float[] _order, _shared;

    public ObservedCache(ObservedOptions options, IBuildContext build)
    {
        (_options, _build) = (options, build);
        _mass = build.Allocate(build.Host, ElementType.F32, build.Model.Layers.Max(of => of.Kv.Heads), build.Limits.ContextTokens);
        (_order, _shared) = (new float[build.Limits.ContextTokens], new float[build.Limits.ContextTokens]);
    }

    public CacheLayout Layout(int layer)
    {
        int page = Math.Min(_options.PageTokens, _build.Limits.ContextTokens), heads = _build.Model.Layers[layer].Kv.Heads;
        int kept = (int)Math.Min((long)_options.Sinks + _options.Chosen + _options.Window + _options.ReviewTokens, _build.Limits.ContextTokens);
        return new CacheLayout(new PoolLayout { PageTokens = page, Keys = _options.Format, Values = _options.Format, PerHead = true, KeysAtMost = checked(kept * heads) })
        {
            ReviewTokens = _options.ReviewTokens,
            ReadsKeyMass = true,
        };
    }

    // Notes alone: what was looked at is asked anew at each review.
    public SequenceStateLayout? StateOf(int layer) => new()
    {
        Bytes = 0,
        RowBytes = QueryNote.BytesOf(_build.Model.Layers[layer]),
        BorderTokens = _options.ReviewTokens,
        NotedRows = Math.Min(_options.Window, _options.ReviewTokens),
    };

    public void Observe(int layer, in Step step, in TensorView query, in AttentionState state, ReadOnlySpan<PageView> pages)
    {
        for (int row = 0; row < step.Rows; row++)
            QueryNote.Write(query, state, row, step.NoteOf<float>(row));
    }

    public void Advance(int layer, in TensorView notes, in TensorView state)
    {
        // There is no state.
    }

    public void Review(int layer, IHistory history)
    {
        int heads = _build.Model.Layers[layer].Kv.Heads;
        TensorView mass = _mass.Rows(0, heads);
        mass.Floats.Clear();
        history.AddKeyMass(history.Notes, mass);
        for (int head = 0; head < heads; head++)
            Keep(history, head, mass.At(head).Floats[..history.Tokens]);
    }

    public void Dispose()
    {
    }

    private void Keep(IHistory history, int head, ReadOnlySpan<float> mass)
    {
        float least = MinKept(history, head, mass);
        ReadOnlySpan<KeyRun> runs = history.RunsOf(0, head);
        for (int run = 0; run < runs.Length; run++)
        {
            ReadOnlySpan<int> positions = history.PositionsOf(0, runs[run]);
            for (int first = 0, end; first < positions.Length; first = end + 1)
            {
                end = first;
                while (end < positions.Length && IsMiddle(positions[end], history.Tokens) && _shared[positions[end]] < least)
                    end++;

                if (end > first)
                    history.Drop(0, head, run, first, end - first);
            }
        }
    }

    private bool IsMiddle(int position, int tokens) => position >= _options.Sinks && position < tokens - _options.Window;

    /// <summary>The smallest mass that is kept of the middle: that of rank <see cref="ObservedOptions.Chosen"/>; keys of equal mass are kept together while there is room.</summary>
    private float MinKept(IHistory history, int head, ReadOnlySpan<float> mass)
    {
        int count = 0;
        foreach (ref readonly KeyRun run in history.RunsOf(0, head))
        {
            foreach (int position in history.PositionsOf(0, run))
            {
                if (!IsMiddle(position, history.Tokens))
                    continue;

                _shared[position] = Shared(mass, position);
                _order[count++] = _shared[position];
            }
        }

        if (count <= _options.Chosen)
            return float.NegativeInfinity;

        Span<float> order = _order.AsSpan(0, count);
        order.Sort();
        int rank = count - _options.Chosen;
        // More keys of this mass than fit: all of them go.
        return order[rank - 1] == order[rank] ? MathF.BitIncrement(order[rank]) : order[rank];
    }

    // A key is as important as its neighbours, so that words stay whole.
    private float Shared(ReadOnlySpan<float> mass, int position)
    {
        float most = 0;
        for (int near = Math.Max(0, position - _options.Reach); near <= Math.Min(mass.Length - 1, position + _options.Reach); near++)
            most = MathF.Max(most, mass[near]);

        return most;
    }
}
