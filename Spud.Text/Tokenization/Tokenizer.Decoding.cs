using System.Text;
using System.Text.Unicode;

namespace Spud.Text.Tokenization;

public sealed partial class Tokenizer
{
    private byte[]?[]? _pieces;
    private string?[]? _texts;
    private TokenTrie? _trie;

    /// <summary>The tokens that write text. Made when it is first asked for.</summary>
    internal TokenTrie Trie => _trie ??= new(Enumerable.Range(0, VocabularySize).Where(Writes).Select(id => (id, BytesOf(id, renderSpecial: false).ToArray())));

    /// <summary>Whether the text of a token, in an answer, is always the bytes that it represents.</summary>
    internal bool Writes(int id)
    {
        // Where a space is put before text that follows a special token, it is removed again when the text is decoded.
        bool changesNext = AddsSpacePrefix && _vocabulary.Has(Checked(id), TokenAttributes.UserDefined) && !_vocabulary.Has(id, TokenAttributes.Structural);
        return !changesNext && !EndOfGeneration.Contains(id) && !BytesOf(id, renderSpecial: false).IsEmpty;
    }

    /// <summary>The bytes represented by a token; they may be part of a character.</summary>
    /// <param name="id">The token.</param>
    /// <param name="renderSpecial">Whether control and unknown tokens show their text; else they are empty.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public ReadOnlySpan<byte> BytesOf(int id, bool renderSpecial)
    {
        if (!renderSpecial && _vocabulary.Has(Checked(id), TokenAttributes.Hidden))
        {
            return [];
        }

        byte[]?[] pieces = _pieces ??= new byte[]?[VocabularySize];
        return pieces[Checked(id)] ??= MakePiece(id);
    }

    /// <summary>The text of a token, special or not; bytes that are not UTF-8 become U+FFFD.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public string TextOf(int id) => Encoding.UTF8.GetString(BytesOf(id, renderSpecial: true));

    /// <summary>The text of a sequence of tokens: the inverse of <see cref="Encode(ReadOnlySpan{char}, bool, bool)"/>, up to invalid UTF-8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public string Decode(ReadOnlySpan<int> ids, bool renderSpecial)
    {
        TokenDecoder decoder = CreateDecoder(renderSpecial);
        var text = new StringBuilder();
        foreach (int id in ids)
        {
            text.Append(decoder.Append(id));
        }

        return text.Append(decoder.Flush()).ToString();
    }

    /// <summary>Creates a decoder for one stream of tokens.</summary>
    /// <param name="renderSpecial">Whether control and unknown tokens show their text.</param>
    /// <param name="continuesText">
    /// Whether the stream continues in the middle of a text, so that a leading space of the first token belongs to the text and is not a prefix.
    /// </param>
    public TokenDecoder CreateDecoder(bool renderSpecial = false, bool continuesText = false) => new(this, renderSpecial, continuesText);

    /// <summary>The text of a token whose bytes are whole characters, the same string every time; null for any other.</summary>
    /// <param name="id">A token of the vocabulary.</param>
    /// <param name="bytes">Its bytes as <see cref="BytesOf(int, bool)"/> without special tokens has them.</param>
    internal string? WholeTextOf(int id, ReadOnlySpan<byte> bytes)
    {
        string?[] texts = _texts ??= new string?[VocabularySize];
        return texts[id] ?? (Utf8.IsValid(bytes) ? texts[id] = Encoding.UTF8.GetString(bytes) : null);
    }

    /// <summary>Whether text after this token was given a leading space when it was encoded.</summary>
    internal bool PrefixFollows(int id) => AddsSpacePrefix && _vocabulary.Has(Checked(id), TokenAttributes.Special);

    private byte[] MakePiece(int id)
    {
        ReadOnlySpan<byte> text = _vocabulary.Texts[id];
        if (_vocabulary.Has(id, TokenAttributes.Special))
        {
            return text.ToArray();
        }

        if (_vocabulary.Has(id, TokenAttributes.Normal))
        {
            return _isBytePair ? ByteAlphabet.Decode(text) : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text).Replace('▁', ' '));
        }

        return _vocabulary.Has(id, TokenAttributes.Byte) && _vocabulary.ByteOf(id) is { } value ? [value] : [];
    }
}
