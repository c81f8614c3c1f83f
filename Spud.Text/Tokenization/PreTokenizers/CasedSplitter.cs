namespace Spud.Text.Tokenization.PreTokenizers;

/// <summary>
/// GPT-4o's pattern, which also splits where capitals begin:
/// [^\r\n\p{L}\p{N}]?U*L+(?i:'s|…)?|[^\r\n\p{L}\p{N}]?U+L*(?i:'s|…)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
/// where U is any letter except a to z and L any letter except A to Z (llama.cpp's interpretation of \p{Lu} and \p{Ll}).
/// </summary>
internal sealed class CasedSplitter : Splitter
{
    /// <summary>Maximum digits per piece.</summary>
    public int MaxDigits { get; init; } = 3;

    /// <summary>Whether 's and similar belong to the preceding word.</summary>
    public bool Contractions { get; init; } = true;

    protected override int Match(ClassifiedSpan text, int at)
    {
        if (text.Is(at, CharacterClass.Number))
        {
            return text.EndOf(at, CharacterClass.Number, MaxDigits);
        }

        int word = text.Is(at, CharacterClass.Letter) || text.IsNewline(at) ? at : at + 1;
        if (text.Is(word, CharacterClass.Letter))
        {
            int wordEnd = EndOfWord(text, word);
            return Contractions ? EndOfContraction(text, wordEnd, ignoreCase: true) : wordEnd;
        }

        int start = text[at] == ' ' ? at + 1 : at;
        int end = text.EndOfNot(start, CharacterClass.Space | CharacterClass.Number | CharacterClass.Letter);
        return end > start ? EndOfNewlines(text, end, orSlash: true) : EndOfSpace(text, at, newlinesFirst: true);
    }

    // U*L+, else U+L*. U* backtracks until one of its letters is an L, and only letters beyond ASCII are both.
    private static int EndOfWord(ClassifiedSpan text, int at)
    {
        int end = at;
        int afterLastBoth = at;
        for (; text.Is(end, CharacterClass.Letter) && text[end] is not (>= 'a' and <= 'z'); end++)
        {
            if (text[end] >= 0x80)
            {
                afterLastBoth = end + 1;
            }
        }

        if (!text.Is(end, CharacterClass.Letter))
        {
            return afterLastBoth > at ? afterLastBoth : end;
        }

        while (text.Is(end, CharacterClass.Letter) && text[end] is not (>= 'A' and <= 'Z'))
        {
            end++;
        }

        return end;
    }
}
