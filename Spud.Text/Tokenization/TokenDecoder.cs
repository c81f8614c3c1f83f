using System.Text;

namespace Spud.Text.Tokenization;

/// <summary>
/// Turns a stream of tokens into text as they come. A character whose bytes are spread over tokens comes with the last of
/// them; bytes that are not UTF-8 become U+FFFD. Not for several threads.
/// </summary>
public sealed class TokenDecoder
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _renderSpecial;
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private bool _prefixExpected;

    internal TokenDecoder(Tokenizer tokenizer, bool renderSpecial, bool continuesText)
    {
        (_tokenizer, _renderSpecial) = (tokenizer, renderSpecial);
        _prefixExpected = tokenizer.AddsSpacePrefix && !continuesText;
    }

    /// <summary>The text that is complete with this token; often a word, sometimes nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public string Append(int id)
    {
        ReadOnlySpan<byte> bytes = _tokenizer.BytesOf(id, _renderSpecial);
        bool prefixFollows = _tokenizer.PrefixFollows(id);
        if (_prefixExpected && !prefixFollows && bytes.StartsWith((byte)' '))
        {
            bytes = bytes[1..];
        }

        _prefixExpected = prefixFollows;
        return Decode(bytes, flush: false);
    }

    /// <summary>What is left at the end: U+FFFD for a character that never became complete. The decoder can then begin anew.</summary>
    public string Flush()
    {
        _prefixExpected = _tokenizer.AddsSpacePrefix;
        return Decode([], flush: true);
    }

    private string Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        // Room for up to three held-back bytes that turn out to be no character.
        Span<char> chars = bytes.Length <= 250 ? stackalloc char[256] : new char[bytes.Length + 6];
        int written = _decoder.GetChars(bytes, chars, flush);
        return written == 0 ? "" : chars[..written].ToString();
    }
}
