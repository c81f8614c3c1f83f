using Spud.Execution;
using Spud.Tests.Execution.Toy;
using Xunit;

namespace Spud.Tests.Execution.Pages;

/// <summary>A pipeline of which only the pages matter, and a naive model of what it must keep.</summary>
internal sealed class PageLife : IDisposable
{
    private const int Layers = 2;
    private readonly Random _random;
    private readonly ToyPipeline _toy;
    private readonly Batch _batch;
    private readonly Dictionary<Sequence, Kept[]> _live = [];
    private readonly bool _drops;
    private readonly int _pageTokens;
    private Dictionary<int, List<(int Position, int Token)>> _pending = [];
    private List<(Kept Of, int Position, int Tokens)> _dropped = [];

    public PageLife(int seed, int pageTokens, int cacheTokens, bool drops)
    {
        (_random, _drops, _pageTokens) = (new Random(seed), drops, pageTokens);
        _toy = new ToyPipeline(new ToySettings
        {
            Layers = Layers,
            Experts = 1,
            Sequences = 5,
            Rows = 24,
            ContextTokens = 48,
            PageTokens = pageTokens,
            CacheTokens = cacheTokens,
            Attention = host => new RecordingAttention(host) { OnFold = CheckFold },
        });
        _batch = _toy.Engine.NewBatch();
        _toy.Cache.OnReview = Review;
    }

    public int Steps { get; private set; }

    public int Refusals { get; private set; }

    public int Forks { get; private set; }

    public int SharedTails { get; private set; }

    public void Act()
    {
        switch (_random.Next(12))
        {
            case 0 when _live.Count < 5:
                _live.Add(_toy.Engine.Open(), [new(), new()]);
                break;
            case 1 or 2 when _live.Count is > 0 and < 5:
                Fork();
                break;
            case 3 when _live.Count > 0:
                Truncate(Any());
                break;
            case 4 when _live.Count > 1:
                Sequence gone = Any();
                gone.Dispose();
                _live.Remove(gone);
                break;
            default:
                Step();
                break;
        }

        CheckPool();
    }

    /// <summary>Every page comes back when the last sequence ends.</summary>
    public void End()
    {
        foreach (Sequence sequence in _live.Keys)
            sequence.Dispose();

        _live.Clear();
        CheckPool();
    }

    public void Dispose() => _toy.Dispose();

    private Sequence Any() => _live.Keys.ElementAt(_random.Next(_live.Count));

    private void Fork()
    {
        Sequence parent = Any();
        _live.Add(parent.Fork(), [.. _live[parent].Select(kept => new Kept { Keys = [.. kept.Keys], TokensAtDrop = kept.TokensAtDrop })]);
        Forks++;
    }

    private void Truncate(Sequence sequence)
    {
        int tokens = _random.Next(0, sequence.Tokens + 1);
        // Before the review that dropped something a whole history is refused: no window says what the shorter text would need.
        if (tokens > 0 && tokens < sequence.Tokens && _live[sequence].Any(kept => tokens < kept.TokensAtDrop))
        {
            Assert.Throws<InvalidOperationException>(() => sequence.Truncate(tokens));
            return;
        }

        bool changes = tokens < sequence.Tokens;
        sequence.Truncate(tokens);
        Assert.Equal(tokens, sequence.Tokens);
        foreach (Kept kept in _live[sequence].Where(_ => changes))
        {
            kept.Keys.RemoveAll(key => key.Position >= tokens);
            kept.TokensAtDrop = Math.Min(kept.TokensAtDrop, tokens);
        }
    }

    private void Step()
    {
        _batch.Clear();
        _pending = [];
        _dropped = [];
        foreach (Sequence sequence in _live.Keys.OrderBy(_ => _random.Next()).Take(_random.Next(1, 5)))
            Add(sequence);

        if (_batch.Sequences == 0)
            return;

        int[] wanted = [.. Enumerable.Range(0, Layers).Select(Wanted)], free = [.. Enumerable.Range(0, Layers).Select(layer => _toy.Pages.Layers[layer].First.FreePages)];
        bool cancel = _random.Next(4) == 0, fault = _random.Next(6) == 0;
        using CancellationTokenSource source = new();
        BatchEntry victim = _batch.Entries[_random.Next(_batch.Sequences)];
        victim.Sequence.Cancellation = cancel ? source.Token : CancellationToken.None;
        bool counted = false;
        _toy.Faults.OnCall = (verb, layer, ids) =>
        {
            if (verb == "Execute" && layer == 1 && !counted)
            {
                // Counted in advance to the page, before a retry takes them for the second time.
                counted = true;
                Assert.Equal(wanted, free.Select((before, of) => before - _toy.Pages.Layers[of].First.FreePages));
            }

            if (verb == "Execute" && layer == 1 && cancel)
                source.Cancel();
            if (verb == "Execute" && layer == 1 && fault && ids.Length > 1)
                throw new ToyException("in company");
        };
        if (Enumerable.Range(0, Layers).Any(layer => wanted[layer] > free[layer]))
        {
            Assert.Throws<PagePoolFullException>(() => _toy.Engine.Run(_batch));
            Assert.Equal(free, Enumerable.Range(0, Layers).Select(layer => _toy.Pages.Layers[layer].First.FreePages));
            Refusals++;
        }
        else
        {
            Run(victim, cancel);
        }

        victim.Sequence.Cancellation = CancellationToken.None;
    }

    private void Run(BatchEntry victim, bool cancel)
    {
        try
        {
            _toy.Engine.Run(_batch);
        }
        catch (OperationCanceledException)
        {
            Assert.True(cancel && _batch.Sequences == 1);
        }

        Steps++;
        foreach (BatchEntry entry in _batch.Entries)
        {
            Assert.True(entry.Sequence.Fault is null, $"{entry.Sequence.Fault?.InnerException}");
            bool kept = entry.Sequence != victim.Sequence || !cancel;
            Assert.Equal(entry.FirstPosition + (kept ? entry.Rows : 0), entry.Sequence.Tokens);
            foreach (Kept layer in _live[entry.Sequence].Where(_ => kept))
                layer.Keys.AddRange(_pending[entry.Sequence.Id]);
        }

        foreach ((Kept of, int position, int tokens) in _dropped)
        {
            of.Keys.RemoveAll(key => key.Position == position);
            of.TokensAtDrop = tokens;
        }
    }

    private void Add(Sequence sequence)
    {
        int rows = Math.Min(_random.Next(3) == 0 ? 1 : _random.Next(1, 9), Math.Min(48 - sequence.Tokens, 24 - _batch.Rows));
        if (rows < 1)
            return;

        int[] tokens = [.. Enumerable.Range(0, rows).Select(_ => _random.Next(ToyPipeline.Vocabulary))];
        _pending[sequence.Id] = [.. tokens.Select((token, i) => (sequence.Tokens + i, token))];
        _batch.Add(sequence, tokens, Phase.Prefill, LogitRows.None);
    }

    // What the host shows in a step: all that was kept, then the step's own rows.
    private void CheckFold(int layer, int id, List<(int, int)> kept)
    {
        Sequence sequence = _live.Keys.Single(live => live.Id == id);
        Assert.Equal(_live[sequence][layer].Keys.Concat(_pending[id]), kept);
    }

    private void Review(int layer, IHistory history)
    {
        Sequence sequence = _live.Keys.Single(live => live.Tables[layer].Reviews.History == history);
        for (int run = 0; run < history.Runs.Length && _drops; run++)
        {
            KeyRun of = history.Runs[run];
            Assert.Throws<ArgumentOutOfRangeException>(() => history.Drop(run, of.Keys, 1));
            for (int times = _random.Next(3); times > 0; times--)
            {
                int first = _random.Next(of.Keys), keys = _random.Next(1, of.Keys - first + 1);
                history.Drop(run, first, keys);
                List<(int Position, int Token)> all = [.. _live[sequence][layer].Keys, .. _pending[sequence.Id]];
                int skipped = history.Runs[..run].ToArray().Sum(before => before.Keys);
                _dropped.AddRange(Enumerable.Range(skipped + first, keys).Select(i => (_live[sequence][layer], all[i].Position, history.Tokens)));
            }
        }
    }

    // Row by row, with reference counts of its own: pages that the step will take.
    private int Wanted(int layer)
    {
        PoolPages pages = _toy.Pages.Layers[layer].First;
        Dictionary<int, int> references = [];
        int next = 1_000_000, taken = 0;
        foreach (BatchEntry entry in _batch.Entries)
        {
            ReadOnlySpan<KeyRun> runs = entry.Sequence.Tables[layer].Tables[0].Runs;
            (int page, int end) = runs.IsEmpty ? (-1, _pageTokens) : (runs[^1].Page, runs[^1].FirstKey + runs[^1].Keys);
            for (int row = 0; row < entry.Rows; row++)
            {
                int shares = page < 0 ? 1 : references.GetValueOrDefault(page, page < 1_000_000 ? pages.References(page) : 1);
                if (end == _pageTokens)
                    (page, end, taken) = (next++, 0, taken + 1);
                else if (shares > 1)
                    (references[page], page, taken, SharedTails) = (shares - 1, next++, taken + 1, SharedTails + 1);

                end++;
            }
        }

        return taken;
    }

    // No page is lost, none is free and held, and each is held as often as tables name it.
    private void CheckPool()
    {
        for (int layer = 0; layer < Layers; layer++)
        {
            PoolPages pages = _toy.Pages.Layers[layer].First;
            int[] held = new int[pages.Pool.Keys.Shape[0]];
            foreach (Sequence sequence in _live.Keys)
            {
                foreach (int page in sequence.Tables[layer].Tables[0].Runs.ToArray().Select(run => run.Page).Distinct())
                    held[page]++;
            }

            Assert.Equal(held, Enumerable.Range(0, held.Length).Select(pages.References));
            Assert.Equal(held.Count(count => count == 0), pages.FreePages);
        }
    }

    private sealed class Kept
    {
        public List<(int Position, int Token)> Keys { get; init; } = [];

        /// <summary>Length at which keys were dropped: behind it a text can go back.</summary>
        public int TokensAtDrop { get; set; }
    }
}
