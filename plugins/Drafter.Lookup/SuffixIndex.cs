namespace Drafter.Lookup;

/// <summary>
/// Where the end of a text occurred before. Places are chained by a hash of the last tokens up to there, latest first, so that adding a token and
/// removing the last one take constant time; nothing is allocated unless the text is longer than any before.
/// </summary>
/// <param name="minMatch">Number of tokens that are hashed: the shortest end that can be found.</param>
internal sealed class SuffixIndex(int minMatch)
{
    /// <summary>Longer ends are not told apart.</summary>
    public const int MaxMatch = 64;

    /// <summary>Number of places that are compared, latest first: a text that repeats a few tokens has as many as it has tokens.</summary>
    public const int MaxPlaces = 128;

    private const int None = -1;

    private int[] _ids = [];

    // Of each token: the previous place with the same hash. Of each hash: the latest place.
    private int[] _previous = [], _latest = [];

    /// <summary>Number of tokens of the text.</summary>
    public int Count { get; private set; }

    /// <summary>Removes the last tokens.</summary>
    /// <param name="count">Number of tokens that remain; more than there are: all.</param>
    public void Truncate(int count)
    {
        while (Count > count)
        {
            int last = --Count;
            if (last >= minMatch - 1)
                _latest[HashAt(last)] = _previous[last];
        }
    }

    /// <summary>Adds tokens.</summary>
    public void Append(ReadOnlySpan<int> ids)
    {
        Reserve(Count + ids.Length);
        ids.CopyTo(_ids.AsSpan(Count));
        for (int i = 0; i < ids.Length; i++)
            Chain(Count++);
    }

    /// <summary>The longest end of the text that occurred before; of several places the latest.</summary>
    /// <returns>Its length, 0 if it is shorter than the minimum, and the position behind the earlier place.</returns>
    public (int Length, int End) LongestEarlier()
    {
        (int length, int end) = (0, 0);
        if (Count < minMatch)
            return (0, 0);

        int place = _previous[Count - 1];
        for (int i = 0; i < MaxPlaces && place != None && length < MaxMatch; i++, place = _previous[place])
        {
            int same = SameBefore(place);
            if (same >= minMatch && same > length)
                (length, end) = (same, place + 1);
        }

        return (length, end);
    }

    // Number of tokens up to a place that are those at the text's end.
    private int SameBefore(int place)
    {
        int most = Math.Min(MaxMatch, place + 1), same = 0;
        while (same < most && _ids[place - same] == _ids[Count - 1 - same])
            same++;

        return same;
    }

    private void Chain(int position)
    {
        if (position < minMatch - 1)
            return;

        ref int latest = ref _latest[HashAt(position)];
        (_previous[position], latest) = (latest, position);
    }

    private int HashAt(int position)
    {
        uint hash = 2166136261;
        foreach (int id in _ids.AsSpan(position - minMatch + 1, minMatch))
            hash = (hash ^ (uint)id) * 16777619;

        return (int)((hash * 2654435769u) >> 7) & (_latest.Length - 1);
    }

    private void Reserve(int count)
    {
        if (count <= _ids.Length)
            return;

        int capacity = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(count, 1024));
        Array.Resize(ref _ids, capacity);
        Array.Resize(ref _previous, capacity);
        _latest = new int[capacity];
        Array.Fill(_latest, None);
        for (int i = 0; i < Count; i++)
            Chain(i);
    }
}
