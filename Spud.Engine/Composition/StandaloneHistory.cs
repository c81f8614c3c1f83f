using Spud.Configuration;
using Spud.Execution;

namespace Spud.Composition;

/// <summary>
/// One sequence in the pages of one layer, without a pipeline: it grows as in an engine, and the policy reviews it. For tests of cache
/// policies; its keys and values do not matter.
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
    /// <param name="addKeyMass">Adds to F32 [G, ContextTokens] how much rows looked at the text's tokens, of which there are so many, where a review asks for it.</param>
    /// <exception cref="CompositionException">The layout is impossible.</exception>
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

    /// <summary>What the policy sees; keys of the last step are in it.</summary>
    public IHistory History => _table.Reviews.History;

    /// <summary>Keys that a pool holds, of all its heads together.</summary>
    public int KeysIn(int pool)
    {
        int keys = 0;
        foreach (RunTable table in _table.TablesOf(pool))
            keys += table.Keys;

        return keys;
    }

    /// <summary>So many rows, committed, in steps that end at review borders as an engine's do; the policy is asked where the text reaches one.</summary>
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

    /// <summary>Gives the pages back, and does not dispose the policy.</summary>
    public void Dispose() => _memory.Dispose();
}
