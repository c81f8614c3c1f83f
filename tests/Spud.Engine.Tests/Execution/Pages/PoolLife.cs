using Spud.Execution;
using Spud.Metering;
using Spud.Tests.Execution.Toy;
using Xunit;

namespace Spud.Tests.Execution.Pages;

/// <summary>
/// A pipeline of two pools of per-head pages, whose policy drops and moves keys head by head, and a naive model of what each head must
/// keep in which pool.
/// </summary>
internal sealed class PoolLife : IDisposable
{
    private const int Layers = 2, Heads = 2, Context = 48, KeyBytes = (4 + 2) * sizeof(float), FlopsPerScore = 2 * 2 * (4 + 2);
    private static readonly int[] s_pageTokens = [3, 4];
    private readonly Random _random;
    private readonly ToyPipeline _toy;
    private readonly Batch _batch;
    private readonly Dictionary<Sequence, Kept[]> _live = [];
    private readonly Dictionary<Sequence, List<int>> _texts = [];
    private readonly int _keysPerHead;
    private readonly bool _forks;
    private readonly HashSet<(int Layer, int Id, int Pool)> _folded = [];
    private Dictionary<int, List<Key>> _pending = [];
    private List<Action> _changes = [];

    /// <param name="seed">Of the random numbers.</param>
    /// <param name="keysPerHead">What the policy keeps of a head at most, in each pool.</param>
    /// <param name="cacheTokens">Tokens that the first pool holds over all sequences; null: enough for all.</param>
    /// <param name="forks">Whether sequences fork.</param>
    public PoolLife(int seed, int keysPerHead, int? cacheTokens, bool forks)
    {
        (_random, _keysPerHead, _forks) = (new Random(seed), keysPerHead, forks);
        _toy = new ToyPipeline(new ToySettings
        {
            Layers = Layers,
            Experts = 1,
            Sequences = 5,
            Rows = 24,
            ContextTokens = Context,
            CacheTokens = cacheTokens,
            Layout = new CacheLayout([.. s_pageTokens.Select(tokens => new PoolLayout { PageTokens = tokens, Keys = ElementType.F32, Values = ElementType.F32, PerHead = true, KeysAtMost = keysPerHead * Heads })]),
            Attention = host => new HeadRecordingAttention(host, Heads) { OnFold = CheckFold, OnFinish = CheckFinish },
        });
        _batch = _toy.Engine.NewBatch();
        _toy.Cache.OnReview = Review;
    }

    public int Steps { get; private set; }

    public int Refusals { get; private set; }

    public int Moves { get; private set; }

    public int Drops { get; private set; }

    public void Act()
    {
        switch (_random.Next(12))
        {
            case 0 when _live.Count < 5:
                Sequence opened = _toy.Engine.Open();
                _live.Add(opened, [new(), new()]);
                _texts.Add(opened, []);
                break;
            case 1 when _forks && _live.Count is > 0 and < 5:
                Sequence parent = Any(), child = parent.Fork();
                _live.Add(child, [.. _live[parent].Select(static kept => kept.Copy())]);
                _texts.Add(child, [.. _texts[parent]]);
                break;
            case 2 when _live.Count > 0:
                Truncate(Any());
                break;
            case 3 when _live.Count > 1:
                Sequence gone = Any();
                gone.Dispose();
                _live.Remove(gone);
                break;
            default:
                Step();
                break;
        }

        CheckPools();
    }

    /// <summary>Every page comes back when the last sequence ends.</summary>
    public void End()
    {
        foreach (Sequence sequence in _live.Keys)
            sequence.Dispose();

        _live.Clear();
        CheckPools();
    }

    public void Dispose() => _toy.Dispose();

    private Sequence Any() => _live.Keys.ElementAt(_random.Next(_live.Count));

    private void Truncate(Sequence sequence)
    {
        int tokens = _random.Next(Math.Max(0, sequence.Tokens - 6), sequence.Tokens + 1);
        bool changes = tokens < sequence.Tokens;
        bool refused = changes && tokens > 0 && _live[sequence].Any(kept => tokens < Math.Max(kept.TokensAtDrop, kept.TokensAtMove));
        Assert.Equal(!refused, sequence.CanTruncate(tokens));
        if (refused)
        {
            Assert.Throws<InvalidOperationException>(() => sequence.Truncate(tokens));
            return;
        }

        sequence.Truncate(tokens);
        _texts[sequence].RemoveRange(tokens, _texts[sequence].Count - tokens);
        foreach (Kept kept in _live[sequence].Where(_ => changes))
            kept.Truncate(tokens);
    }

    private void Step()
    {
        _batch.Clear();
        _folded.Clear();
        (_pending, _changes) = ([], []);
        foreach (Sequence sequence in _live.Keys.OrderBy(_ => _random.Next()).Take(_random.Next(1, 5)))
            Add(sequence);
        if (_batch.Sequences == 0)
            return;

        int[] free = [.. FreePages()];
        bool cancel = _random.Next(4) == 0, fault = _random.Next(6) == 0;
        using CancellationTokenSource source = new();
        Sequence victim = _batch.Entries[_random.Next(_batch.Sequences)].Sequence;
        victim.Cancellation = cancel ? source.Token : CancellationToken.None;
        _toy.Faults.OnCall = (verb, layer, ids) =>
        {
            if (verb == "Execute" && layer == 1 && cancel)
                source.Cancel();
            if (verb == "Execute" && layer == 1 && fault && ids.Length > 1)
                throw new ToyException("in company");
        };
        Tally[] before = [.. _batch.Entries.ToArray().Select(entry => entry.Sequence.Ledger[Phase.Prefill].Of("attention"))];
        try
        {
            _toy.Engine.Run(_batch);
            Committed(victim, cancel, before);
        }
        catch (PagePoolFullException)
        {
            Assert.Equal(free, FreePages());
            Refusals++;
        }
        catch (OperationCanceledException)
        {
            Assert.True(cancel && _batch.Sequences == 1);
        }

        victim.Cancellation = CancellationToken.None;
    }

    private IEnumerable<int> FreePages() => _toy.Pages.Layers.SelectMany(layer => layer.Pools).Select(pool => pool.FreePages);

    private void Committed(Sequence victim, bool cancel, Tally[] before)
    {
        Steps++;
        for (int i = 0; i < _batch.Sequences; i++)
        {
            BatchEntry entry = _batch.Entries[i];
            Assert.True(entry.Sequence.Fault is null, $"{entry.Sequence.Fault?.InnerException}");
            if (entry.Sequence == victim && cancel)
                continue;

            Tally taken = entry.Sequence.Ledger[Phase.Prefill].Of("attention");
            Kept[] kept = _live[entry.Sequence];
            Assert.Equal(kept.Sum(layer => layer.Heads.Sum(head => head.Count + entry.Rows)) * KeyBytes, taken.KvBytesRead - before[i].KvBytesRead);
            int rows = entry.Rows * (entry.Rows + 1) / 2;
            Assert.Equal(kept.Sum(layer => layer.Heads.Sum(head => entry.Rows * head.Count + rows)) * FlopsPerScore, taken.Flops - before[i].Flops);
            _texts[entry.Sequence].AddRange(_pending[entry.Sequence.Id].Select(key => key.Token));
            foreach (List<Key> head in kept.SelectMany(layer => layer.Heads))
                head.AddRange(_pending[entry.Sequence.Id]);
        }

        _changes.ForEach(static change => change());
        foreach (BatchEntry entry in _batch.Entries)
        {
            if (entry.Sequence != victim || !cancel)
                CheckLedger(entry.Sequence);
        }
    }

    private void CheckLedger(Sequence sequence)
    {
        Kept[] kept = _live[sequence];
        for (int layer = 0; layer < Layers; layer++)
        {
            Assert.Equal(kept[layer].Heads.Select(head => head.Count), Enumerable.Range(0, Heads).Select(head => sequence.Ledger.KeptTokens(layer, head)));
            Assert.Equal(kept[layer].Heads.Max(head => head.Count), sequence.Ledger.KeptTokens(layer));
        }

        Assert.Equal(kept.Sum(layer => layer.Heads.Sum(head => head.Count)) * KeyBytes, sequence.Ledger.KeptBytes);
    }

    private void Add(Sequence sequence)
    {
        int rows = Math.Min(_random.Next(3) == 0 ? 1 : _random.Next(1, 9), Math.Min(Context - sequence.Tokens, 24 - _batch.Rows));
        if (rows < 1)
            return;

        int[] tokens = [.. Enumerable.Range(0, rows).Select(_ => _random.Next(ToyPipeline.Vocabulary))];
        _pending[sequence.Id] = [.. tokens.Select((token, i) => new Key(sequence.Tokens + i, token, 0))];
        _batch.Add(sequence, tokens, Phase.Prefill, LogitRows.None);
    }

    private void CheckFold(int layer, int id, int head, int pageTokens, List<(int, int)> kept)
    {
        int pool = Array.IndexOf(s_pageTokens, pageTokens);
        Sequence sequence = _live.Keys.Single(live => live.Id == id);
        IEnumerable<Key> expected = _live[sequence][layer].Heads[head].Concat(_pending[id]).Where(key => key.Pool == pool);
        Assert.Equal(expected.Select(key => (key.Position, key.Token)), kept);
        _folded.Add((layer, id, pool));
    }

    // A pool may be left out of a step only if nobody keeps anything in it.
    private void CheckFinish(int layer, int id)
    {
        Sequence sequence = _live.Keys.Single(live => live.Id == id);
        Assert.Contains((layer, id, 0), _folded);
        if (_live[sequence][layer].Heads.Any(head => head.Any(key => key.Pool == 1)))
            Assert.Contains((layer, id, 1), _folded);
    }

    private void Review(int layer, IHistory history)
    {
        Sequence sequence = _live.Keys.Single(live => live.Tables[layer].Reviews.History == history);
        Kept kept = _live[sequence][layer];
        Assert.Equal([.. _texts[sequence], .. _pending[sequence.Id].Select(key => key.Token)], history.TokenIds.ToArray());
        for (int head = 0; head < Heads; head++)
        {
            List<Key> keys = [.. kept.Heads[head], .. _pending[sequence.Id]];
            int stay = _random.Next(1, _keysPerHead + 1), moveBefore = history.Tokens - _random.Next(1, 12);
            HashSet<int> left = [.. keys.Where(key => key.Pool == 1).TakeLast(_keysPerHead / 2).Concat(keys.Where(key => key.Pool == 0).TakeLast(Math.Min(stay, _keysPerHead / 2))).Select(key => key.Position).Where(_ => _random.Next(9) > 0)];
            for (int pool = 0; pool < 2; pool++)
                DropOthers(history, kept, pool, head, left);
            Move(history, kept, head, moveBefore, left);
        }
    }

    private void DropOthers(IHistory history, Kept kept, int pool, int head, HashSet<int> left)
    {
        for (int run = 0; run < history.RunsOf(pool, head).Length; run++)
        {
            int[] positions = [.. history.PositionsOf(pool, history.RunsOf(pool, head)[run])];
            Assert.Throws<ArgumentOutOfRangeException>(() => history.Drop(pool, head, run, positions.Length, 1));
            for (int key = 0; key < positions.Length; key++)
            {
                int position = positions[key];
                if (left.Contains(position))
                    continue;

                history.Drop(pool, head, run, key, 1);
                Drops++;
                int tokens = history.Tokens;
                _changes.Add(() =>
                {
                    Assert.Equal(1, kept.Heads[head].RemoveAll(of => of.Position == position));
                    kept.TokensAtDrop = tokens;
                });
            }
        }
    }

    private void Move(IHistory history, Kept kept, int head, int before, HashSet<int> left)
    {
        for (int run = 0; run < history.RunsOf(0, head).Length && history.RunsOf(0, head)[run].LastPosition < before; run++)
        {
            int[] moved = [.. history.PositionsOf(0, history.RunsOf(0, head)[run]).ToArray().Where(left.Contains)];
            history.Encode(0, head, run, 1);
            Assert.Throws<ArgumentException>(() => history.Encode(0, head, run, 1));
            int tokens = history.Tokens;
            Moves += moved.Length;
            _changes.Add(() =>
            {
                kept.Heads[head] = [.. kept.Heads[head].Select(key => moved.Contains(key.Position) ? key with { Pool = 1 } : key)];
                kept.TokensAtMove = moved.Length > 0 ? tokens : kept.TokensAtMove;
            });
        }
    }

    // No page is lost, none is free and held, each is held as often as tables name it, and pages are as full as promised.
    private void CheckPools()
    {
        for (int layer = 0; layer < Layers; layer++)
        {
            for (int pool = 0; pool < 2; pool++)
            {
                PoolPages pages = _toy.Pages.Layers[layer].Pools[pool];
                int[] held = new int[pages.Pool.Keys.Shape[0]];
                foreach (Sequence sequence in _live.Keys)
                {
                    foreach (RunTable table in sequence.Tables[layer].TablesOf(pool))
                    {
                        int[] of = [.. table.Runs.ToArray().Select(run => run.Page).Distinct()];
                        Assert.Equal(of.Length, table.PagesHeld);
                        Assert.True(_forks || of.Length <= (table.Keys + pages.PageTokens - 1) / pages.PageTokens + 2, $"{of.Length} pages for {table.Keys} keys");
                        Array.ForEach(of, page => held[page]++);
                    }
                }

                Assert.Equal(held, Enumerable.Range(0, held.Length).Select(pages.References));
                Assert.Equal(held.Count(count => count == 0), pages.FreePages);
            }
        }
    }

    private readonly record struct Key(int Position, int Token, int Pool);

    private sealed class Kept
    {
        public List<Key>[] Heads { get; private init; } = [[], []];

        /// <summary>Length at which keys were dropped: behind it a text can go back.</summary>
        public int TokensAtDrop { get; set; }

        public int TokensAtMove { get; set; }

        public Kept Copy() => new() { Heads = [.. Heads.Select(keys => keys.ToList())], TokensAtDrop = TokensAtDrop, TokensAtMove = TokensAtMove };

        public void Truncate(int tokens)
        {
            foreach (List<Key> head in Heads)
                head.RemoveAll(key => key.Position >= tokens);

            (TokensAtDrop, TokensAtMove) = (Math.Min(TokensAtDrop, tokens), Math.Min(TokensAtMove, tokens));
        }
    }
}
