using Spud;

namespace Cache.Compressed;

/// <summary>
/// Heads keep the keys that the last rows before a review attended to, as in SnapKV (arXiv:2404.14469), and the heads of a layer share its
/// budget by need, as in AdaKV (arXiv:2407.11550): the keys with the largest key mass are kept, whichever head they belong to, except for a
/// part that every head is guaranteed.
/// </summary>
internal sealed class ObservingCache : CompressedCache, IObservesQueries
{
    private readonly CompressedCacheOptions _options;
    private readonly IBuildContext _build;
    private readonly KeyChoice _choice;
    private readonly TensorView _mass;

    public ObservingCache(LayerRules rules, CompressedCacheOptions options, IBuildContext build)
        : base(rules)
    {
        (_options, _build) = (options, build);
        _choice = new KeyChoice(options, build.Model.Layers.Max(static of => of.Kv.Heads), build.Limits.ContextTokens);
        _mass = build.Allocate(build.Host, ElementType.F32, build.Model.Layers.Max(static of => of.Kv.Heads), build.Limits.ContextTokens);
    }

    // Only scratch data: attention is observed again for each review.
    public SequenceStateLayout? StateOf(int layer) => !Rules[layer].HasBudget ? null : new()
    {
        Bytes = 0,
        RowBytes = QueryNote.BytesOf(_build.Model.Layers[layer]),
        BorderTokens = Rules[layer].Layout().ReviewTokens!.Value,
        NotedRows = Math.Min(_options.Window, Rules[layer].Layout().ReviewTokens!.Value),
    };

    public void Observe(int layer, in Step step, in TensorView query, in AttentionState state, ReadOnlySpan<PageView> pages)
    {
        for (int row = 0; row < step.Rows; row++)
            QueryNote.Write(query, state, row, step.NoteOf<float>(row));
    }

    public void Advance(int layer, in TensorView notes, in TensorView state)
    {
        // No state.
    }

    public override void Review(int layer, IHistory history)
    {
        LayerRule rule = Rules[layer];
        if (rule.HasBudget && _choice.MustDrop(rule, history))
        {
            TensorView mass = _mass.Rows(0, rule.Tables);
            mass.AsSpan<float>().Clear();
            history.AddKeyMass(history.Notes, mass);
            _choice.Drop(rule, history, mass);
        }

        base.Review(layer, history);
    }
}
