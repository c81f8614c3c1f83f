namespace Spud.Text.Tokenization;

/// <summary>SentencePiece as in llama.cpp: a space is ▁, the pair whose text has the best score is merged, and the rest is spelt in bytes.</summary>
internal sealed class SentencePieceSession(Vocabulary vocabulary, int?[] byteTokens, bool addsSpacePrefix) : SubwordSession
{
    private byte[] _escaped = new byte[256];

    /// <summary>The token of each byte, "&lt;0x0A&gt;" or the byte itself as text; else <paramref name="unknown"/>.</summary>
    public static int?[] FindByteTokens(Vocabulary vocabulary, int? unknown)
    {
        var tokens = new int?[256];
        for (int b = 0; b < tokens.Length; b++)
        {
            tokens[b] = vocabulary.Find($"<0x{b:X2}>") ?? (vocabulary.TryFind([(byte)b], out int id) ? id : unknown);
        }

        return tokens;
    }

    public override void Encode(ReadOnlySpan<byte> text, bool followsSpecial, List<int> ids)
    {
        int needed = text.Length + 2 * text.Count((byte)' ') + 3;
        if (_escaped.Length < needed)
        {
            _escaped = new byte[needed];
        }

        int length = 0;
        if (addsSpacePrefix && followsSpecial)
        {
            "▁"u8.CopyTo(_escaped);
            length = 3;
        }

        foreach (byte b in text)
        {
            if (b == ' ')
            {
                "▁"u8.CopyTo(_escaped.AsSpan(length));
                length += 3;
            }
            else
            {
                _escaped[length++] = b;
            }
        }

        Merge(_escaped.AsSpan(0, length), ids);
    }

    protected override bool TryRank(ReadOnlySpan<byte> pair, int leftBytes, out uint order)
    {
        bool found = vocabulary.TryFind(pair, out int id);
        order = found ? Descending(vocabulary.ScoreOf(id)) : 0;
        return found;
    }

    protected override void Emit(ReadOnlySpan<byte> symbol, List<int> ids)
    {
        if (vocabulary.TryFind(symbol, out int id))
        {
            ids.Add(id);
            return;
        }

        foreach (byte b in symbol)
        {
            if (byteTokens[b] is { } token)
            {
                ids.Add(token);
            }
        }
    }

    // Maps floats to integers in the opposite order; adding zero makes -0 and 0 equal.
    private static uint Descending(float score)
    {
        uint bits = BitConverter.SingleToUInt32Bits(score + 0f);
        return (bits & 0x8000_0000) != 0 ? bits : ~bits & 0x7FFF_FFFF;
    }
}
