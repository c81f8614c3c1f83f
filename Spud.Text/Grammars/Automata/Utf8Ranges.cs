namespace Spud.Text.Grammars;

/// <summary>A range of characters as sequences of ranges of bytes, in UTF-8.</summary>
internal static class Utf8Ranges
{
    // Characters up to these take 1, 2, 3 and 4 bytes.
    private static readonly int[] s_last = [0x7F, 0x7FF, 0xFFFF, CharacterRange.LastCodePoint];

    /// <summary>The sequences of a range without surrogates.</summary>
    public static IEnumerable<(byte First, byte Last)[]> Of(CharacterRange range)
    {
        int first = range.First;
        for (int length = 1; length <= s_last.Length && first <= range.Last; length++)
        {
            if (first > s_last[length - 1])
                continue;

            int last = Math.Min(range.Last, s_last[length - 1]);
            foreach ((byte, byte)[] sequence in Split(first, last, length))
                yield return sequence;
            first = last + 1;
        }
    }

    /// <summary>Splits a range of one length so that each part is a product of ranges of bytes.</summary>
    private static IEnumerable<(byte, byte)[]> Split(int first, int last, int length)
    {
        // The trailing bytes of a part are either equal in both ends, or run through all values.
        for (int trailing = length - 1; trailing > 0; trailing--)
        {
            int mask = (1 << (6 * trailing)) - 1;
            if ((first & ~mask) == (last & ~mask))
                continue;
            if ((first & mask) != 0)
                return [.. Split(first, first | mask, length), .. Split((first | mask) + 1, last, length)];
            if ((last & mask) != mask)
                return [.. Split(first, (last & ~mask) - 1, length), .. Split(last & ~mask, last, length)];
        }

        return [[.. Enumerable.Range(0, length).Select(i => (ByteAt(first, i, length), ByteAt(last, i, length)))]];
    }

    private static byte ByteAt(int character, int index, int length)
    {
        int bits = character >> (6 * (length - 1 - index));
        if (index > 0)
            return (byte)(0x80 | (bits & 0x3F));
        return (byte)(length == 1 ? bits : (0xF00 >> length) | bits);
    }
}
