using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Drafting;

/// <summary>A drafter, called as the host calls it: with what is unchanged since the last call for a sequence, and with random numbers by position.</summary>
internal sealed class DrafterRig : IDisposable
{
    public const int Sequences = 4;
    public const int ContextTokens = 4096;

    private readonly IDrafter _drafter;
    private readonly TestBuild _context;
    private readonly float[] _hidden;
    private readonly int[][] _last = [.. Enumerable.Range(0, Sequences).Select(static _ => Array.Empty<int>())];
    private readonly double[] _random = new double[Draft.MaxTokensOfAny];

    /// <param name="create">Makes the drafter.</param>
    public DrafterRig(Func<DrafterBuild, IDrafter> create)
    {
        ModelDescription model = new TestModel().Describe();
        Limits limits = new() { Rows = 64, Sequences = Sequences, ContextTokens = ContextTokens, LogitRows = 64 };
        _context = new(model, threads: 2, limits: limits);
        DrafterBuild build = new() { Model = model, Limits = limits, Context = _context, OpenModel = _ => new TestDraftModel(model.Vocabulary) };
        _drafter = create(build);
        _hidden = new float[build.ReadsHidden ? model.HiddenWidth : 0];
        Vocabulary = model.Vocabulary;
        Draft = new(model.Vocabulary);
    }

    public int Vocabulary { get; }

    public int MaxTokens => _drafter.MaxTokens;

    /// <summary>The last draft.</summary>
    public Draft Draft { get; }

    public void Dispose()
    {
        _drafter.Dispose();
        _context.Dispose();
    }

    /// <summary>Has a text continued by at most this many tokens.</summary>
    public void Propose(int sequence, int[] ids, int maxTokens, float temperature)
    {
        Draft.Begin(maxTokens);
        for (int i = 0; i < maxTokens; i++)
            _random[i] = new Random(ids.Length + i).NextDouble();

        Call(sequence, ids, ids.AsSpan().CommonPrefixLength(_last[sequence]), temperature);
        _last[sequence] = ids;
    }

    /// <summary>The call alone.</summary>
    public void Propose(int sequence, int[] ids, int unchanged, float temperature, int maxTokens)
    {
        Draft.Begin(maxTokens);
        Call(sequence, ids, unchanged, temperature);
    }

    /// <summary>The last draft as a text, to compare it.</summary>
    public string Written() => string.Join("; ", Enumerable.Range(0, Draft.Count).Select(i =>
        $"{Draft.Tokens[i]} of [{string.Join(", ", Draft.Choices(i).ToArray().Zip(Draft.Probabilities(i).ToArray()))}]"));

    private void Call(int sequence, int[] ids, int unchanged, float temperature)
    {
        Fill(ids.AsSpan(0, ids.Length - 1));
        _drafter.Propose(new() { Sequence = sequence, Ids = ids, Unchanged = unchanged, Temperature = temperature, Random = _random.AsSpan(0, Draft.MaxTokens), Hidden = _hidden }, Draft);
    }

    // A row that the text alone determines.
    private void Fill(ReadOnlySpan<int> read)
    {
        uint state = 1;
        foreach (int id in read)
            state = state * 31 + (uint)id;

        foreach (ref float value in _hidden.AsSpan())
        {
            state = state * 1664525 + 1013904223;
            value = (state >> 8) / (float)(1 << 23) - 1;
        }
    }
}
