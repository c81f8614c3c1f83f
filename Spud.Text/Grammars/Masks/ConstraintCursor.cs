using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Spud.Text.Tokenization;

namespace Spud.Text.Grammars;

/// <summary>
/// One text under a constraint: which tokens may come next. Forks share working memory, so that a text and its forks belong to one thread.
/// Allocates nothing where it was before. Disposed when it and its forks are no longer used, it leaves what it learnt to the next text.
/// </summary>
public sealed class ConstraintCursor : IDisposable
{
    private readonly TokenConstraint _constraint;
    private readonly int[] _endTokens;
    private readonly StackSets _sets;
    private readonly MaskCache _masks;
    private readonly List<int> _history;
    private readonly bool _isFork;
    private bool _isDisposed;
    private int _set;

    internal ConstraintCursor(TokenConstraint constraint, IEnumerable<int> ends)
    {
        int vocabulary = constraint.Tokenizer.VocabularySize;
        (_constraint, _endTokens) = (constraint, [.. ends.Where(id => id < vocabulary)]);
        (_sets, _masks) = constraint.TakeWorkspace() ?? (new(constraint.Grammar.Automaton), new(TokenMask.Words(vocabulary), constraint.Trie.Depth));
        _history = [];
        _set = _sets.Start;
    }

    private ConstraintCursor(ConstraintCursor other)
    {
        (_constraint, _endTokens, _sets, _masks, _set) = (other._constraint, other._endTokens, other._sets, other._masks, other._set);
        _history = [.. other._history];
        _isFork = true;
    }

    /// <summary>Number of tokens of the text.</summary>
    public int Tokens => _history.Count;

    /// <summary>Whether the text may end here.</summary>
    public bool MayEnd => _sets.MayEnd(_set);

    /// <summary>Whether the text is complete: it may end here, and nothing can follow.</summary>
    public bool IsComplete => MayEnd && !_sets.CanContinue(_set);

    /// <summary>The tokens that may come next, as bits (<see cref="TokenMask"/>); valid until the next call of the cursor or of one of its forks.</summary>
    /// <exception cref="GrammarException">There are none: the vocabulary cannot write what the grammar expects.</exception>
    public ReadOnlySpan<ulong> Allowed()
    {
        if (_masks.TryFind(_set, out ulong[] mask))
            return mask;

        AddTokens(mask);
        foreach (int id in _endTokens)
            TokenMask.Set(mask, id, MayEnd);

        // A complete text needs no token to end.
        if (!IsComplete && !mask.AsSpan().ContainsAnyExcept(0UL))
        {
            _masks.Clear();
            throw new GrammarException($"constraint: after {Tokens} tokens no token of the vocabulary can continue the text. The grammar expects {Expected()}.");
        }

        return mask;
    }

    /// <summary>Whether a token may come next.</summary>
    public bool Allows(int id) => TokenMask.Has(Allowed(), id);

    /// <summary>Adds a token. An end token that the grammar allows changes nothing else.</summary>
    /// <exception cref="InvalidOperationException">The token is not allowed.</exception>
    public void Accept(int id)
    {
        int set = _set;
        bool isAllowed = _endTokens.Contains(id) ? MayEnd : _constraint.Tokenizer.Writes(id) && TryRead(_constraint.Tokenizer.BytesOf(id, renderSpecial: false), ref set);
        if (!isAllowed)
            throw new InvalidOperationException($"token {id} ('{_constraint.Tokenizer.TextOf(id)}') is not allowed after {Tokens} tokens.");

        _history.Add(_set);
        _set = set;
    }

    /// <summary>Removes the last tokens.</summary>
    public void Rollback(int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, Tokens);
        if (tokens == 0)
            return;

        _set = _history[^tokens];
        _history.RemoveRange(Tokens - tokens, tokens);
    }

    /// <summary>A second text that begins like this one.</summary>
    public ConstraintCursor Fork() => new(this);

    /// <summary>Leaves the working memory to another text.</summary>
    public void Dispose()
    {
        // End tokens are part of masks, and may differ in the next text.
        _masks.Clear();
        if (!_isFork && !_isDisposed)
            _constraint.ReturnWorkspace(_sets, _masks);

        _isDisposed = true;
    }

    private bool TryRead(ReadOnlySpan<byte> text, ref int set)
    {
        for (int i = 0; i < text.Length && set != StackSets.Dead; i++)
            set = _sets.Step(set, text[i]);
        return set != StackSets.Dead;
    }

    private void AddTokens(ulong[] mask)
    {
        // A few states on top of many stacks allow the same; adding them again changes nothing.
        for (int i = 0; i < _sets.Count(_set); i++)
        {
            StateMask of = _constraint.MaskOf(_sets.Top(_set, i));
            of.AddTo(mask);
            Try(of.Dependent, mask);
        }
    }

    /// <summary>Adds the tokens below some nodes of the vocabulary that the stacks allow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Try(int[] roots, ulong[] mask)
    {
        TokenTrie trie = _constraint.Trie;
        int[] path = _masks.Path, nodes = _masks.Nodes;
        path[0] = _set;
        nodes.AsSpan().Clear();
        foreach (int root in roots)
        {
            if (!Reach(trie, trie.Parents[root], path, nodes))
                continue;

            for (int node = root; node < trie.Ends[root];)
            {
                int depth = trie.Depths[node];
                int set = _sets.Step(path[depth - 1], trie.Bytes[node]);
                if (set == StackSets.Dead)
                {
                    node = trie.Ends[node];
                    continue;
                }

                if (trie.Ends[node] - node > StateMask.WorthAsking && _sets.Reads(set, trie.Below[node], trie.Heights[node]))
                {
                    foreach (int id in trie.TokensFrom(node))
                        TokenMask.Set(mask, id);
                    node = trie.Ends[node];
                    continue;
                }

                path[depth] = set;
                nodes[depth] = node;
                foreach (int id in trie.TokensAt(node))
                    TokenMask.Set(mask, id);
                node++;
            }
        }
    }

    /// <summary>Reads the bytes up to a node, as far as they are not those of the node before.</summary>
    private bool Reach(TokenTrie trie, int node, int[] path, int[] nodes)
    {
        int depth = trie.Depths[node];
        if (depth == 0 || nodes[depth] == node)
            return path[depth] != StackSets.Dead;

        bool reached = Reach(trie, trie.Parents[node], path, nodes);
        nodes[depth] = node;
        path[depth] = reached ? _sets.Step(path[depth - 1], trie.Bytes[node]) : StackSets.Dead;
        return path[depth] != StackSets.Dead;
    }

    private string Expected()
    {
        StringBuilder expected = new();
        for (int b = 0; b < 256; b++)
        {
            if (_sets.Step(_set, (byte)b) == StackSets.Dead)
                continue;

            expected.Append(expected.Length == 0 ? "" : ", ");
            expected.Append(b is > 0x20 and < 0x7F ? $"'{(char)b}'" : string.Create(CultureInfo.InvariantCulture, $"byte 0x{b:X2}"));
            if (expected.Length > 80)
                return $"{expected}, …";
        }

        return expected.ToString();
    }
}
