using Spud;

namespace Reference;

/// <summary>A policy that keeps what it observed by itself: the last rows of any text, whether they were committed or not.</summary>
internal sealed class FaultyObservedCache(ObservedCache cache, IBuildContext build) : ICachePolicy, IObservesQueries
{
    private readonly Dictionary<int, TensorView> _notes = [];

    public CacheLayout Layout(int layer) => cache.Layout(layer);

    public SequenceStateLayout? StateOf(int layer) => cache.StateOf(layer);

    public void Observe(int layer, in Step step, in TensorView query, in AttentionState state, ReadOnlySpan<PageView> pages)
    {
        cache.Observe(layer, step, query, state, pages);
        if (!_notes.TryGetValue(layer, out TensorView notes))
            _notes[layer] = notes = build.Allocate(build.Host, ElementType.I8, step.Notes.Shape[1..]);

        for (int row = 0; row < step.Rows; row++)
        {
            ReadOnlySpan<byte> note = step.NoteOf<byte>(row);
            if (note.IsEmpty)
                continue;

            Span<byte> all = notes.AsSpan<byte>();
            all[note.Length..].CopyTo(all);
            note.CopyTo(all[^note.Length..]);
        }
    }

    public void Advance(int layer, in TensorView notes, in TensorView state) => cache.Advance(layer, notes, state);

    public void Review(int layer, IHistory history) => cache.Review(layer, new OwnNotes(history, _notes[layer]));

    public void Dispose() => cache.Dispose();

    private sealed class OwnNotes(IHistory history, TensorView notes) : IHistory
    {
        public int Tokens => history.Tokens;

        public ReadOnlySpan<KeyRun> Runs => history.Runs;

        public TensorView Notes => notes;

        public ReadOnlySpan<KeyRun> RunsOf(int pool, int head) => history.RunsOf(pool, head);

        public ReadOnlySpan<int> PositionsOf(int pool, in KeyRun run) => history.PositionsOf(pool, run);

        public void Drop(int run, int firstKey, int keys) => history.Drop(run, firstKey, keys);

        public void Drop(int pool, int head, int run, int firstKey, int keys) => history.Drop(pool, head, run, firstKey, keys);

        public void AddKeyMass(in TensorView rows, in TensorView mass) => history.AddKeyMass(rows, mass);
    }
}
