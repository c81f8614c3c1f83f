using System.Runtime.CompilerServices;
using Spud.Text.Tokenization;

namespace Spud.Text.Grammars;

/// <summary>
/// What a state allows whatever is below it on the stack: tokens that stay within its rule or end it exactly. Tokens that go on behind the
/// rule depend on the stack: they are kept as subtrees of the vocabulary, to be tried. Immutable.
/// </summary>
internal sealed class StateMask
{
    private readonly ulong[]? _words;
    private readonly int[]? _ids;

    private StateMask(List<int> ids, int words, int[] dependent)
    {
        Dependent = dependent;

        // A state within a keyword allows a few tokens, a state within a string most of them.
        if (ids.Count < words)
        {
            _ids = [.. ids];
            return;
        }

        _words = new ulong[words];
        foreach (int id in ids)
            TokenMask.Set(_words, id);
    }

    /// <summary>Nodes of the vocabulary's tree whose tokens depend on the stack, in the tree's order.</summary>
    public int[] Dependent { get; }

    /// <summary>Computes the mask of a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="sets">Runs the automaton.</param>
    /// <param name="trie">The vocabulary.</param>
    /// <param name="sight">Length up to which tokens are decided; longer ones count as dependent on the stack.</param>
    /// <param name="words">Number of words of a mask.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static StateMask Of(int state, StackSets sets, TokenTrie trie, int sight, int words)
    {
        List<int> ids = [], dependent = [];
        Span<int> path = new int[trie.Depth + 1];
        Span<bool> left = new bool[trie.Depth + 1]; // whether the rule may have ended before
        path[0] = sets.From(state, StackSets.Unknown);
        for (int node = 1; node < trie.Count;)
        {
            int depth = trie.Depths[node];
            int set = sets.Step(path[depth - 1], trie.Bytes[node]);
            if (set == StackSets.Dead || depth > sight)
            {
                if (left[depth - 1] || set != StackSets.Dead)
                    dependent.Add(node);
                node = trie.Ends[node];
                continue;
            }

            path[depth] = set;
            left[depth] = left[depth - 1] || sets.ReachesUnknown(set);
            foreach (int id in trie.TokensAt(node))
                ids.Add(id);
            node++;
        }

        return new(ids, words, [.. dependent]);
    }

    /// <summary>Adds the tokens that do not depend on the stack.</summary>
    public void AddTo(Span<ulong> mask)
    {
        if (_words is not null)
        {
            for (int i = 0; i < mask.Length; i++)
                mask[i] |= _words[i];
            return;
        }

        foreach (int id in _ids!)
            TokenMask.Set(mask, id);
    }
}
