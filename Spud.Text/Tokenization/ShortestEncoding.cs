namespace Spud.Text.Tokenization;

/// <summary>A lower bound of the number of tokens of a text: its bytes, except those that may have no token, divided by the bytes of the longest token.</summary>
internal sealed class ShortestEncoding
{
    private readonly bool[] _counts = new bool[0x80];
    private readonly bool _countsBeyondAscii;
    private readonly int _longest;

    public ShortestEncoding(Vocabulary vocabulary, bool isBytePair, int? unknown)
    {
        _longest = Math.Max(1, vocabulary.LongestBytes);
        bool strips = Array.Exists(vocabulary.Attributes, static attributes => (attributes & (TokenAttributes.StripLeft | TokenAttributes.StripRight)) != 0);
        for (int b = 0; b < _counts.Length; b++)
            _counts[b] = IsSpelt((byte)b) && !(strips && char.IsWhiteSpace((char)b));

        // The bytes that occur in UTF-8 beyond ASCII.
        _countsBeyondAscii = Enumerable.Range(0x80, 0x40).Concat(Enumerable.Range(0xC2, 0x33)).All(b => IsSpelt((byte)b));

        bool IsSpelt(byte b)
        {
            Span<byte> text = stackalloc byte[2];
            return isBytePair ? vocabulary.TryFind(text[..ByteAlphabet.Encode([b], text)], out _) : unknown is not null;
        }
    }

    public int Of(ReadOnlySpan<char> text)
    {
        long bytes = 0;
        foreach (char c in text)
        {
            if (c < 0x80 ? _counts[c] : _countsBeyondAscii)
                bytes += c < 0x80 ? 1 : c < 0x800 || char.IsSurrogate(c) ? 2 : 3;
        }

        return (int)((bytes + _longest - 1) / _longest);
    }
}
