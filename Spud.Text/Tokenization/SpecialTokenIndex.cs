using System.Runtime.CompilerServices;

namespace Spud.Text.Tokenization;

/// <summary>Special tokens sorted by their texts: those with a common prefix are neighbours, and one pass over a text narrows them down.</summary>
internal sealed class SpecialTokenIndex
{
    private readonly Vocabulary _vocabulary;
    private readonly int[] _ids;
    private readonly int[] _order;
    private readonly bool[] _begins = new bool[256];

    /// <summary>Creates the index; no text may be empty.</summary>
    public SpecialTokenIndex(Vocabulary vocabulary, int[] ids)
    {
        _vocabulary = vocabulary;
        _ids = ids;
        Array.Sort(ids, (a, b) => Text(a).SequenceCompareTo(Text(b)));
        foreach (int id in ids)
        {
            _begins[Text(id)[0]] = true;
        }

        _order = OrderOf(ids);
    }

    /// <summary>Whether any token begins with a byte.</summary>
    public bool Begins(byte first) => _begins[first];

    /// <summary>The longest token that is a prefix of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ownBytes">Number of leading bytes from a trusted source; a guarded token must fit into them.</param>
    /// <param name="id">The token.</param>
    /// <param name="order">Order in which it is tried: longer ones first, then by id.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryFindLongest(ReadOnlySpan<byte> text, int ownBytes, out int id, out int order)
    {
        (id, order) = (-1, 0);
        (int low, int high) = (0, _ids.Length);
        for (int depth = 0; depth < text.Length; depth++)
        {
            byte next = text[depth];
            low = FirstWith(low, high, depth, next);
            high = next == byte.MaxValue ? high : FirstWith(low, high, depth, next + 1);
            if (low >= high)
            {
                break;
            }

            // Of those with a common prefix, the one that ends here comes first.
            if (Text(_ids[low]).Length == depth + 1 && (depth < ownBytes || !_vocabulary.Has(_ids[low], TokenAttributes.Guarded)))
            {
                (id, order) = (_ids[low], _order[low]);
            }
        }

        return id >= 0;
    }

    // The first of [low, high) whose byte at a depth is at least the given one; a text that has ended sorts first.
    private int FirstWith(int low, int high, int depth, int least)
    {
        while (low < high)
        {
            int middle = (int)((uint)(low + high) / 2);
            ReadOnlySpan<byte> text = Text(_ids[middle]);
            if (depth >= text.Length || text[depth] < least)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private int[] OrderOf(int[] ids)
    {
        int[] byRank = [.. Enumerable.Range(0, ids.Length)];
        Array.Sort(byRank, (a, b) => Text(ids[a]).Length != Text(ids[b]).Length ? Text(ids[b]).Length - Text(ids[a]).Length : ids[a] - ids[b]);
        var order = new int[ids.Length];
        for (int rank = 0; rank < byRank.Length; rank++)
        {
            order[byRank[rank]] = rank;
        }

        return order;
    }

    private ReadOnlySpan<byte> Text(int id) => _vocabulary.Texts[id];
}
