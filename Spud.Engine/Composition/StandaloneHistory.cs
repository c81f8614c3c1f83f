using Spud.Configuration;
using Spud.Execution;

namespace Spud.Composition;

/// <summary>
/// One sequence in the pages of one layer, without a pipeline: it grows as in an engine, and the policy reviews it. For tests of cache
/// policies; the values of its keys and values do not matter.
/// </summary>
public sealed class StandaloneHistory : IDisposable
{
    private readonly MemoryAccount _memory = new();
    private readonly ICachePolicy _policy;
    private readonly LayerPages _pages;
    private readonly PageTable _table;

    /// <param name="policy">The cache.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="offer">What it can do.</param>
    /// <param name="model">The model; the pages are those of its layer 0.</param>
    /// <param name="limits">The largest step, and the context.</param>
    /// <param name="host">The host's memory.</param>
    /// <param name="addKeyMass">If a review asks for key mass, adds to F32 [G, ContextTokens] how much rows attended to the text's tokens; also receives the number of tokens.</param>
    /// <exception cref="CompositionException">The layout is invalid.</exception>
    public StandaloneHistory(ICachePolicy policy, string name, Offer offer, ModelDescription model, Limits limits, IMemoryDomain host, Action<int, TensorView> addKeyMass)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(limits);
        _policy = policy;
        _pages = new PoolBuilder(_memory, host, model, limits, null).Pages(name, offer, 0, policy.Layout(0), host);
        _table = new PageTable(_pages, new int[limits.ContextTokens], sequence: 0);
        if (policy is IKeepsSequenceState keeps && keeps.StateOf(0) is { } layout)
            _pages.Observed = new(new KeptState(_memory, host, limits, keeps, Roles.Cache, name, 0, layout), (PageTable table, int? _, in TensorView _, in TensorView mass) => addKeyMass(table.Tokens, mass));
    }

    /// <summary>The policy's view; includes keys of the last step.</summary>
    public IHistory History => _table.Reviews.History;

    /// <summary>Total keys in a pool over all its heads.</summary>
    public int KeysIn(int pool)
    {
        int keys = 0;
        foreach (RunTable table in _table.TablesOf(pool))
            keys += table.Keys;

        return keys;
    }

    /// <summary>Appends and commits this many rows, in steps that end at review borders as an engine's do; the policy reviews the text at each border.</summary>
    public void Append(int rows)
    {
        ReviewBorders borders = new(_pages.BorderTokens is { } every ? [every] : []);
        for (int end = _table.Tokens + rows; _table.Tokens < end;)
        {
            int tokens = _table.Tokens, now = Math.Min(end - tokens, borders.RowsFrom(tokens));
            _table.Append(tokens, new int[now * _pages.First.Tables]);
            _table.Commit(tokens + now, 0, _policy);
        }
    }

    /// <summary>Frees the pages, but does not dispose the policy.</summary>
    public void Dispose() => _memory.Dispose();
}
