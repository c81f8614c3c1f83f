namespace Spud.Text.Tokenization;

/// <summary>Encodes one text: starts with single characters and merges neighbours, the best pair first, and the leftmost of equal ones.</summary>
/// <remarks>O(n log n) for n characters. Holds the working memory of one call, so it must be used by one thread only.</remarks>
internal abstract class SubwordSession
{
    private readonly PairQueue _queue = new();
    private Symbol[] _symbols = new Symbol[64];

    /// <summary>Appends the ids of <paramref name="text"/> to <paramref name="ids"/>.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="followsSpecial">Whether it is preceded by nothing or a special token.</param>
    /// <param name="ids">The ids are added to this list.</param>
    public abstract void Encode(ReadOnlySpan<byte> text, bool followsSpecial, List<int> ids);

    /// <summary>Whether a pair of symbols may be merged, and in which order: the lowest first.</summary>
    protected abstract bool TryRank(ReadOnlySpan<byte> pair, int leftBytes, out uint order);

    /// <summary>Appends the ids of a symbol that cannot be merged any further.</summary>
    protected abstract void Emit(ReadOnlySpan<byte> symbol, List<int> ids);

    protected void Merge(ReadOnlySpan<byte> text, List<int> ids)
    {
        int count = SplitIntoCharacters(text);
        for (int right = 1; right < count; right++)
        {
            Propose(text, right - 1, right);
        }

        while (_queue.TryDequeue(out PairQueue.Pair pair))
        {
            int left = pair.Left;
            Symbol first = _symbols[left];
            Symbol second = _symbols[pair.Right];
            if (first.Bytes == 0 || second.Bytes == 0 || first.Bytes + second.Bytes != pair.Bytes)
            {
                continue; // one of them has been merged with another since
            }

            _symbols[left] = first with { Bytes = pair.Bytes, Next = second.Next };
            _symbols[pair.Right].Bytes = 0;
            if (second.Next < count)
            {
                _symbols[second.Next].Previous = left;
                Propose(text, left, second.Next);
            }

            if (left > 0)
            {
                Propose(text, first.Previous, left);
            }
        }

        for (int i = 0; i < count; i = _symbols[i].Next)
        {
            Emit(text.Slice(_symbols[i].Start, _symbols[i].Bytes), ids);
        }
    }

    private int SplitIntoCharacters(ReadOnlySpan<byte> text)
    {
        int count = 0;
        for (int at = 0; at < text.Length; count++)
        {
            if (count == _symbols.Length)
            {
                Array.Resize(ref _symbols, Math.Max(2 * count, text.Length / 2));
            }

            int bytes = Math.Min(BytesOfCharacter(text[at]), text.Length - at);
            _symbols[count] = new Symbol { Start = at, Bytes = bytes, Previous = count - 1, Next = count + 1 };
            at += bytes;
        }

        return count;
    }

    private void Propose(ReadOnlySpan<byte> text, int left, int right)
    {
        int leftBytes = _symbols[left].Bytes;
        int bytes = leftBytes + _symbols[right].Bytes;
        if (TryRank(text.Slice(_symbols[left].Start, bytes), leftBytes, out uint order))
        {
            _queue.Enqueue(new PairQueue.Pair(order, left, right, bytes));
        }
    }

    private static int BytesOfCharacter(byte first) => first switch
    {
        < 0xC0 => 1,
        < 0xE0 => 2,
        < 0xF0 => 3,
        _ => 4,
    };

    /// <summary>A run of bytes with links to its neighbours; one merged into its left neighbour has no bytes left.</summary>
    private record struct Symbol
    {
        public int Start { get; set; }

        public int Bytes { get; set; }

        public int Previous { get; set; }

        public int Next { get; set; }
    }
}
