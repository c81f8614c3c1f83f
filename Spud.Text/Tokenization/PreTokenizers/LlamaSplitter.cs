namespace Spud.Text.Tokenization.PreTokenizers;

/// <summary>
/// (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
/// and variants.
/// </summary>
internal sealed class LlamaSplitter : Splitter
{
    /// <summary>Maximum digits per piece.</summary>
    public int MaxDigits { get; init; } = 3;

    /// <summary>The classes of a word: \p{L}, or [\p{L}\p{M}].</summary>
    public CharacterClass Letters { get; init; } = CharacterClass.Letter;

    /// <summary>Whether 's and similar are separate words.</summary>
    public bool Contractions { get; init; } = true;

    /// <summary>Whether line breaks after punctuation belong to it.</summary>
    public bool NewlinesAfterPunctuation { get; init; } = true;

    protected override int Match(ClassifiedSpan text, int at)
    {
        int end = Contractions ? EndOfContraction(text, at, ignoreCase: true) : at;
        if (end > at)
        {
            return end;
        }

        if (text.Is(at, CharacterClass.Number))
        {
            return text.EndOf(at, CharacterClass.Number, MaxDigits);
        }

        if (!text.IsNewline(at) && (text.Is(at, Letters) || text.Is(at + 1, Letters)))
        {
            return text.EndOf(at + 1, Letters);
        }

        int start = text[at] == ' ' ? at + 1 : at;
        end = text.EndOfNot(start, CharacterClass.Space | CharacterClass.Number | Letters);
        if (end > start)
        {
            return NewlinesAfterPunctuation ? EndOfNewlines(text, end) : end;
        }

        return EndOfSpace(text, at, newlinesFirst: true);
    }
}
