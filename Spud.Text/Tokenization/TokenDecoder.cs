using System.Text;
using System.Text.Unicode;

namespace Spud.Text.Tokenization;

/// <summary>
/// Converts a stream of tokens to text incrementally. A character whose bytes are spread over several tokens is returned with the last of
/// them; bytes that are not UTF-8 become U+FFFD. Not thread-safe.
/// </summary>
public sealed class TokenDecoder
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _renderSpecial;
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private bool _prefixExpected, _isWithinCharacter;

    internal TokenDecoder(Tokenizer tokenizer, bool renderSpecial, bool continuesText)
    {
        (_tokenizer, _renderSpecial) = (tokenizer, renderSpecial);
        _prefixExpected = tokenizer.AddsSpacePrefix && !continuesText;
    }

    /// <summary>The text completed by this token; often a word, sometimes nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public string Append(int id)
    {
        ReadOnlySpan<byte> bytes = _tokenizer.BytesOf(id, _renderSpecial);
        bool prefixFollows = _tokenizer.PrefixFollows(id), isStripped = _prefixExpected && !prefixFollows && bytes.StartsWith((byte)' ');
        _prefixExpected = prefixFollows;
        if (isStripped)
        {
            bytes = bytes[1..];
        }
        if (bytes.IsEmpty)
        {
            return "";
        }

        string? whole = isStripped || _renderSpecial ? null : _tokenizer.WholeTextOf(id, bytes);
        if (whole is not null && !_isWithinCharacter)
        {
            return whole;
        }

        _isWithinCharacter = whole is null && !Utf8.IsValid(bytes);
        return Decode(bytes, flush: false);
    }

    /// <summary>The remaining text at the end: U+FFFD for an incomplete character. The decoder can then be reused.</summary>
    public string Flush()
    {
        (_prefixExpected, _isWithinCharacter) = (_tokenizer.AddsSpacePrefix, false);
        return Decode([], flush: true);
    }

    private string Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        // Room for up to three held-back bytes that turn out not to be a character.
        Span<char> chars = bytes.Length <= 250 ? stackalloc char[256] : new char[bytes.Length + 6];
        int written = _decoder.GetChars(bytes, chars, flush);
        return written == 0 ? "" : chars[..written].ToString();
    }
}
