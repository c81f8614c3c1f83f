using Spud.Text.Tokenization.PreTokenizers;

namespace Spud.Text.Tokenization;

/// <summary>Byte-level BPE: words from the pre-tokeniser, written in GPT-2's alphabet, merged by the rank of the pair.</summary>
internal sealed class BytePairSession(Vocabulary vocabulary, PreTokenizer preTokenizer, ByteStringTable merges) : SubwordSession
{
    private readonly byte[] _pair = new byte[merges.LongestBytes];
    private byte[] _word = new byte[256];

    public override void Encode(ReadOnlySpan<byte> text, bool followsSpecial, List<int> ids)
    {
        var classified = new ClassifiedText(text);
        int start = 0;
        foreach (int last in preTokenizer.Split(classified))
        {
            int end = classified.ByteOffset(last);
            EncodeWord(text[start..end], ids);
            start = end;
        }
    }

    protected override bool TryRank(ReadOnlySpan<byte> pair, int leftBytes, out uint order)
    {
        order = 0;
        if (pair.Length + 1 > _pair.Length)
        {
            return false;
        }

        // Merges are listed as "left right", and no symbol contains a space.
        pair[..leftBytes].CopyTo(_pair);
        _pair[leftBytes] = (byte)' ';
        pair[leftBytes..].CopyTo(_pair.AsSpan(leftBytes + 1));
        bool found = merges.TryFind(_pair.AsSpan(0, pair.Length + 1), out int rank);
        order = (uint)rank;
        return found;
    }

    protected override void Emit(ReadOnlySpan<byte> symbol, List<int> ids)
    {
        if (vocabulary.TryFind(symbol, out int id))
        {
            ids.Add(id);
            return;
        }

        // If the vocabulary cannot spell a symbol, it is dropped except for those of its bytes that are tokens.
        for (int i = 0; i < symbol.Length; i++)
        {
            if (vocabulary.TryFind(symbol.Slice(i, 1), out id))
            {
                ids.Add(id);
            }
        }
    }

    private void EncodeWord(ReadOnlySpan<byte> bytes, List<int> ids)
    {
        if (_word.Length < 2 * bytes.Length)
        {
            _word = new byte[2 * bytes.Length];
        }

        ReadOnlySpan<byte> word = _word.AsSpan(0, ByteAlphabet.Encode(bytes, _word));
        if (preTokenizer.IgnoresMerges && vocabulary.TryFind(word, out int id))
        {
            ids.Add(id);
        }
        else
        {
            Merge(word, ids);
        }
    }
}
