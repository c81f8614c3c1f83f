using System.Numerics;
using System.Runtime.CompilerServices;
using Spud.Text.Tokenization;

namespace Spud.Text.Grammars;

/// <summary>
/// What a state allows whatever is below it on the stack: tokens that stay within its rule or end it exactly. Tokens that go on behind the
/// rule depend on the stack: they are kept as subtrees of the vocabulary, to be tried. Immutable.
/// </summary>
internal sealed class StateMask
{
    /// <summary>Nodes of a part of the vocabulary from which on it is asked whether all of it is allowed.</summary>
    public const int WorthAsking = 16;

    private readonly ulong[]? _words;
    private readonly int[]? _ids;

    private StateMask(ulong[] words, int[] dependent)
    {
        Dependent = dependent;

        // A state within a keyword allows a few tokens, a state within a string most of them.
        int count = words.Sum(static word => BitOperations.PopCount(word));
        if (count < words.Length)
            _ids = IdsOf(words, count);
        else
            _words = words;
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
        ulong[] mask = new ulong[words];
        List<int> dependent = [];
        Span<int> path = new int[trie.Depth + 1];
        Span<bool> left = new bool[trie.Depth + 1]; // whether the rule may have ended before
        path[0] = sets.From(state, StackSets.Unknown);
        int[] depths = trie.Depths, ends = trie.Ends;
        byte[] bytes = trie.Bytes;
        for (int node = 1; node < bytes.Length;)
        {
            int depth = depths[node];
            int set = sets.Step(path[depth - 1], bytes[node]);
            if (set == StackSets.Dead || depth > sight)
            {
                if (left[depth - 1] || set != StackSets.Dead)
                    dependent.Add(node);
                node = ends[node];
                continue;
            }

            if (ends[node] - node > WorthAsking && depth + trie.Heights[node] <= sight && sets.Reads(set, trie.Below[node], trie.Heights[node]))
            {
                foreach (int id in trie.TokensFrom(node))
                    TokenMask.Set(mask, id);
                node = ends[node];
                continue;
            }

            path[depth] = set;
            left[depth] = left[depth - 1] || sets.ReachesUnknown(set);
            foreach (int id in trie.TokensAt(node))
                TokenMask.Set(mask, id);
            node++;
        }

        return new(mask, [.. dependent]);
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

    private static int[] IdsOf(ulong[] words, int count)
    {
        int[] ids = new int[count];
        int next = 0;
        for (int i = 0; i < words.Length; i++)
        {
            for (ulong rest = words[i]; rest != 0; rest &= rest - 1)
                ids[next++] = (64 * i) + BitOperations.TrailingZeroCount(rest);
        }

        return ids;
    }
}
