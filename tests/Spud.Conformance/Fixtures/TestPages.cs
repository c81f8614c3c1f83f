using System.Runtime.InteropServices;

namespace Spud.Conformance.Fixtures;

/// <summary>
/// Pages of one layer whose keys and values depend on sequence and position alone, scattered over the pool in an odd order.
/// </summary>
public sealed class TestPages
{
    private readonly List<KeyRun> _runs = [];
    private readonly List<int> _offsets = [0];
    private readonly List<int> _headOffsets = [0];
    private readonly List<(int Page, int Key, int Sequence, int Position, int Head)> _entries = [];
    private int _pages;

    /// <summary>Length of a page.</summary>
    public required int PageTokens { get; init; }

    /// <summary>Format of keys and values.</summary>
    public required ElementType Type { get; init; }

    /// <summary>What keys and values are multiplied with, by position: later tokens can be changed, and earlier rows must not notice.</summary>
    public Func<int, float> Factor { get; init; } = static _ => 1;

    /// <summary>Kept positions by sequence id, oldest first; where heads differ, those of the first.</summary>
    internal Dictionary<int, List<int>> Positions { get; } = [];

    /// <summary>Whether every KV head has pages and runs of its own.</summary>
    internal bool PerHead => _headOffsets.Count > 1;

    /// <summary>What a position of a sequence has as key: [G, D].</summary>
    public static float[] KeyOf(TestModel model, int sequence, int position) =>
        Samples.Of($"key {sequence} {position}", Of(model).KvHeads * model.KeyWidth);

    /// <summary>What it has as value: [G, Dv].</summary>
    public static float[] ValueOf(TestModel model, int sequence, int position) =>
        Samples.Of($"value {sequence} {position}", Of(model).KvHeads * model.ValueWidth);

    /// <summary>Adds a step's next sequence, whose id is its place in the step.</summary>
    public TestPages Add(IEnumerable<int> positions) => Add(_offsets.Count - 1, positions);

    /// <summary>Adds a step's next sequence, with keys at these positions, ascending.</summary>
    public TestPages Add(int sequence, IEnumerable<int> positions)
    {
        AddRuns(sequence, Positions[sequence] = [.. positions], head: 0);
        _offsets.Add(_runs.Count);
        return this;
    }

    /// <summary>Adds a step's next sequence to pages of which each holds keys of one KV head.</summary>
    /// <param name="sequence">Its id.</param>
    /// <param name="positionsOf">[G]: positions that a head keeps, ascending; perhaps none.</param>
    internal TestPages AddHeads(int sequence, params IEnumerable<int>[] positionsOf)
    {
        Positions[sequence] = [.. positionsOf[0]];
        for (int head = 0; head < positionsOf.Length; head++)
        {
            AddRuns(sequence, [.. positionsOf[head]], head);
            _headOffsets.Add(_runs.Count);
        }

        _offsets.Add(_runs.Count);
        return this;
    }

    /// <summary>The view in host memory, once all sequences are there.</summary>
    public PageView Build(TestBuild build, TestModel model) => Build(build, build?.Host!, model);

    /// <summary>The view with its keys and values in a domain.</summary>
    internal PageView Build(TestBuild build, IMemoryDomain domain, TestModel model)
    {
        ArgumentNullException.ThrowIfNull(build);
        (int n, int g) = (Math.Max(1, _pages), PerHead ? 1 : Of(model).KvHeads);
        TensorView keys = build.Floats(default, n, g, PageTokens, model.KeyWidth), values = build.Floats(default, n, g, PageTokens, model.ValueWidth);
        TensorView positions = build.Ints(default, n, PageTokens);
        keys.AsSpan<float>().Fill(1000);
        values.AsSpan<float>().Fill(1000);
        foreach ((int page, int key, int sequence, int position, int head) in _entries)
        {
            Fill(keys.At(page), key, KeyOf(model, sequence, position), head, Factor(position));
            Fill(values.At(page), key, ValueOf(model, sequence, position), head, Factor(position));
            positions.At(page).AsSpan<int>()[key] = position;
        }

        return new()
        {
            Pool = new() { Keys = Placed(build, domain, keys), Values = Placed(build, domain, values), Positions = positions },
            Runs = build.Ints(MemoryMarshal.Cast<KeyRun, int>(_runs.ToArray()), Math.Max(1, _runs.Count), 5),
            RunOffsets = build.Ints(_offsets.ToArray(), _offsets.Count),
            HeadRunOffsets = PerHead ? build.Ints(_headOffsets.ToArray(), _headOffsets.Count) : default,
        };
    }

    private static TestModel Of(TestModel? model) => model ?? throw new ArgumentNullException(nameof(model));

    private static void Fill(in TensorView page, int key, float[] row, int firstHead, float factor)
    {
        (int heads, int width) = (page.Shape[0], page.Shape[2]);
        for (int head = 0; head < heads; head++)
        {
            Span<float> to = page.At(head).At(key).AsSpan<float>();
            for (int i = 0; i < width; i++)
                to[i] = factor * row[(firstHead + head) * width + i];
        }
    }

    // Encoded by the host: a device need not convert what it never appends itself.
    private TensorView Placed(TestBuild build, IMemoryDomain domain, in TensorView floats)
    {
        TensorView typed = build.Allocate(build.Host, Type, floats.Shape);
        build.Host.Copy(floats, typed);
        if (domain.IsHost)
            return typed;

        TensorView there = build.Allocate(domain, Type, floats.Shape);
        domain.Copy(typed, there);
        return there;
    }

    private void AddRuns(int sequence, List<int> positions, int head)
    {
        int used = 0;
        foreach (int[] page in positions.Chunk(PageTokens))
        {
            // The first page of a sequence starts in its middle, as after a drop, and half a page is a run of its own.
            foreach (int[] run in used == 0 ? page.Chunk(Math.Max(1, (page.Length + 1) / 2)) : [page])
                AddRun(sequence, run, used == 0 && PageTokens > 2 * run.Length ? PageTokens - run.Length : 0, head);
            used++;
        }
    }

    private void AddRun(int sequence, int[] positions, int firstKey, int head)
    {
        _runs.Add(new() { Page = _pages, FirstKey = firstKey, Keys = positions.Length, FirstPosition = positions[0], LastPosition = positions[^1] });
        for (int i = 0; i < positions.Length; i++)
            _entries.Add((_pages, firstKey + i, sequence, positions[i], head));

        _pages++;
    }
}
