using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Spud.Text.Tokenization;

/// <summary>
/// The tokens that write text, as a tree of their bytes. Nodes are in depth-first order, so that a node's subtree is a range; the root is
/// node 0 and has no byte. Immutable.
/// </summary>
internal sealed class TokenTrie
{
    private readonly int[] _ids; // by text
    private readonly List<byte> _bytes = [0];
    private readonly List<int> _depths = [0], _parents = [-1], _ends = [0], _firstTokens = [0];

    /// <summary>Builds the tree.</summary>
    /// <param name="texts">Ids of tokens with their bytes, none empty.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public TokenTrie(IEnumerable<(int Id, byte[] Text)> texts)
    {
        (int Id, byte[] Text)[] sorted = Sorted([.. texts]);
        _ids = [.. sorted.Select(static token => token.Id)];
        List<int> path = [0]; // by depth
        byte[] before = [];
        for (int token = 0; token < sorted.Length; token++)
        {
            byte[] text = sorted[token].Text;
            int common = before.AsSpan().CommonPrefixLength(text);
            Close(path, common + 1);
            for (int i = common; i < text.Length; i++)
                path.Add(Add(text[i], i + 1, path[^1], token));
            before = text;
            Depth = Math.Max(Depth, text.Length);
        }

        Close(path, 0);
        _firstTokens.Add(_ids.Length);
        (Bytes, Depths, Parents, Ends, FirstTokens) = ([.. _bytes], [.. _depths], [.. _parents], [.. _ends], [.. _firstTokens]);
        (Below, Heights) = (new ulong[Count], new int[Count]);
        Summarise();

        void Close(List<int> open, int length)
        {
            for (; open.Count > length; open.RemoveAt(open.Count - 1))
                _ends[open[^1]] = _bytes.Count;
        }
    }

    /// <summary>Number of nodes.</summary>
    public int Count => Bytes.Length;

    /// <summary>Length of the longest token.</summary>
    public int Depth { get; }

    /// <summary>The byte that leads to each node.</summary>
    public byte[] Bytes { get; }

    /// <summary>Number of bytes up to each node.</summary>
    public int[] Depths { get; }

    /// <summary>The node above each node.</summary>
    public int[] Parents { get; }

    /// <summary>The first node after each node's subtree.</summary>
    public int[] Ends { get; }

    /// <summary>The kinds of the bytes below each node; see <see cref="ByteBuckets"/>.</summary>
    public ulong[] Below { get; }

    /// <summary>Number of bytes of the longest way down from each node.</summary>
    public int[] Heights { get; }

    /// <summary>For each node, and one beyond the last: number of tokens before its own.</summary>
    private int[] FirstTokens { get; }

    /// <summary>The tokens that end at a node.</summary>
    public ReadOnlySpan<int> TokensAt(int node) => _ids.AsSpan(FirstTokens[node], FirstTokens[node + 1] - FirstTokens[node]);

    /// <summary>The tokens that end at a node or below it.</summary>
    public ReadOnlySpan<int> TokensFrom(int node) => _ids.AsSpan(FirstTokens[node], FirstTokens[Ends[node]] - FirstTokens[node]);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Summarise()
    {
        Utf8State[] states = new Utf8State[Count];
        for (int node = 1; node < Count; node++)
        {
            Utf8State before = states[Parents[node]];
            states[node] = before == Utf8State.Between && Bytes[node] < 0x80 ? before : Utf8States.Next(before, Bytes[node]);
        }

        // Children come after their parents.
        for (int node = Count - 1; node > 0; node--)
        {
            ulong own = Bytes[node] < 0x80 ? ByteBuckets.Of(Bytes[node]) : states[node] == Utf8State.Invalid ? ByteBuckets.Stray : ByteBuckets.Encoded;
            Below[Parents[node]] |= own | Below[node];
            Heights[Parents[node]] = Math.Max(Heights[Parents[node]], Heights[node] + 1);
        }
    }

    // By the first eight bytes as a number, which sorts far faster than texts; then those that share them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a hundred thousand tokens, once a process
    private static (int Id, byte[] Text)[] Sorted((int Id, byte[] Text)[] tokens)
    {
        ulong[] keys = new ulong[tokens.Length];
        Span<byte> head = stackalloc byte[8];
        for (int i = 0; i < keys.Length; i++)
        {
            head.Clear();
            tokens[i].Text.AsSpan(0, Math.Min(8, tokens[i].Text.Length)).CopyTo(head);
            keys[i] = BinaryPrimitives.ReadUInt64BigEndian(head);
        }

        Array.Sort(keys, tokens);
        for (int first = 0, end; first < keys.Length; first = end)
        {
            for (end = first + 1; end < keys.Length && keys[end] == keys[first]; end++)
            {
            }

            if (end - first > 1)
                tokens.AsSpan(first, end - first).Sort(static (a, b) => a.Text.AsSpan().SequenceCompareTo(b.Text));
        }

        return tokens;
    }

    private int Add(byte b, int depth, int parent, int token)
    {
        _bytes.Add(b);
        _depths.Add(depth);
        _parents.Add(parent);
        _ends.Add(0);
        _firstTokens.Add(token);
        return _bytes.Count - 1;
    }
}
