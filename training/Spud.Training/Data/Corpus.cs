using Spud.Training.Native;

namespace Spud.Training.Data;

/// <summary>The texts of all domains as ids, cut into rows: adjacent windows, in an order shuffled by the seed.</summary>
internal sealed class Corpus : IDisposable
{
    private readonly MappedTokens[] _train, _valid;
    private readonly Dictionary<(int Domain, long Epoch), int[]> _orders = [];
    private readonly int _tokens;
    private readonly ulong _seed;

    /// <param name="folder">Folder with NAME.train.ids and NAME.valid.ids of every domain.</param>
    /// <param name="domains">Names.</param>
    /// <param name="tokens">T.</param>
    /// <param name="vocabulary">V.</param>
    /// <param name="seed">Seed of the order.</param>
    /// <exception cref="TrainingException">A file is missing or has too few ids.</exception>
    public Corpus(string folder, IReadOnlyList<string> domains, int tokens, int vocabulary, ulong seed)
    {
        (_tokens, _seed, Domains) = (tokens, seed, domains);
        _train = [.. domains.Select(domain => Open(Path.Combine(folder, domain + ".train.ids"), vocabulary))];
        _valid = [.. domains.Select(domain => Open(Path.Combine(folder, domain + ".valid.ids"), vocabulary))];
    }

    public IReadOnlyList<string> Domains { get; }

    /// <summary>The domain of a row: domains take turns.</summary>
    public int DomainOf(long row) => (int)(row % _train.Length);

    /// <summary>Copies a training row of T + 1 ids; rows are counted from the beginning of training.</summary>
    public void Read(long row, Span<ushort> ids)
    {
        int domain = DomainOf(row);
        long draw = row / _train.Length;
        int windows = Windows(_train[domain]);
        long window = Order(domain, draw / windows)[draw % windows];
        _train[domain].Slice(window * _tokens, _tokens + 1).CopyTo(ids);
    }

    /// <summary>Number of validation rows of a domain.</summary>
    public int ValidWindows(int domain) => Windows(_valid[domain]);

    /// <summary>A validation row of T + 1 ids.</summary>
    public ReadOnlySpan<ushort> Valid(int domain, int window) => _valid[domain].Slice((long)window * _tokens, _tokens + 1);

    public void Dispose()
    {
        foreach (MappedTokens file in (MappedTokens[])[.. _train, .. _valid])
            file.Dispose();
    }

    private int Windows(MappedTokens file) => (int)((file.Count - 1) / _tokens);

    private MappedTokens Open(string path, int vocabulary)
    {
        if (!File.Exists(path))
            throw new TrainingException($"{path} is missing. Make it from a text with 'prepare'.");

        MappedTokens file = new(path);
        if (file.Count <= _tokens)
            throw new TrainingException($"{path}: expected more than {_tokens} ids, the length of a row, got {file.Count}.");

        ReadOnlySpan<ushort> first = file.Slice(0, (int)Math.Min(file.Count, 1 << 20));
        foreach (ushort id in first)
        {
            if (id >= vocabulary)
                throw new TrainingException($"{path}: expected ids below {vocabulary}, the size of the vocabulary, got {id}. It was made with another tokenizer.");
        }

        return file;
    }

    private int[] Order(int domain, long epoch)
    {
        if (_orders.TryGetValue((domain, epoch), out int[]? order))
            return order;

        order = [.. Enumerable.Range(0, Windows(_train[domain]))];
        SplitMix random = new(_seed * 1_000_003 + (ulong)domain * 1009 + (ulong)epoch);
        for (int i = order.Length - 1; i > 0; i--)
        {
            int other = random.NextBelow(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }

        return _orders[(domain, epoch)] = order;
    }
}
