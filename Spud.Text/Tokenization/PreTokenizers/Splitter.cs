namespace Spud.Text.Tokenization.PreTokenizers;

/// <summary>
/// One pattern of a pre-tokeniser. It splits a span of characters at the start and the end of each of its matches,
/// from left to right; text between matches stays in one piece.
/// </summary>
/// <remarks>
/// The patterns are implemented by hand rather than as regular expressions: .NET's work on UTF-16 units, so that \p{L}
/// never matches a letter beyond U+FFFF, while these run in linear time. Each matches llama.cpp's pattern of the
/// same name (src/llama-vocab.cpp, llm_tokenizer_bpe; src/unicode.cpp).
/// </remarks>
internal abstract class Splitter
{
    /// <summary>Adds the end of every piece of <paramref name="text"/> to <paramref name="ends"/>, relative to <paramref name="origin"/>.</summary>
    public virtual void Split(ClassifiedSpan text, int origin, List<int> ends)
    {
        int piece = 0;
        for (int at = 0; at < text.Length;)
        {
            int end = Match(text, at);
            if (end == at)
            {
                at++;
                continue;
            }

            if (at > piece)
            {
                ends.Add(origin + at);
            }

            ends.Add(origin + end);
            piece = at = end;
        }

        if (text.Length > piece)
        {
            ends.Add(origin + text.Length);
        }
    }

    /// <summary>The end of the match that begins at <paramref name="at"/>; <paramref name="at"/> itself if there is none.</summary>
    protected abstract int Match(ClassifiedSpan text, int at);

    /// <summary>'s|'t|'re|'ve|'m|'ll|'d</summary>
    protected static int EndOfContraction(ClassifiedSpan text, int at, bool ignoreCase)
    {
        if (text[at] != '\'')
        {
            return at;
        }

        int fold = ignoreCase ? 0x20 : 0;
        int first = text[at + 1] | fold;
        int second = text[at + 2] | fold;
        return (first, second) switch
        {
            ('s' or 't' or 'm' or 'd', _) => at + 2,
            ('r' or 'v', 'e') or ('l', 'l') => at + 3,
            _ => at,
        };
    }

    /// <summary>\s*[\r\n]+|\s+(?!\S)|\s+, the first alternative only with <paramref name="newlinesFirst"/>.</summary>
    protected static int EndOfSpace(ClassifiedSpan text, int at, bool newlinesFirst)
    {
        int end = text.EndOf(at, CharacterClass.Space);
        for (int last = end; newlinesFirst && last > at; last--)
        {
            if (text.IsNewline(last - 1))
            {
                return last;
            }
        }

        // A run before something else leaves its last character to what follows; a single character stays.
        return end - at > 1 && end < text.Length ? end - 1 : end;
    }

    /// <summary>[\r\n]*, and / if it belongs to them.</summary>
    protected static int EndOfNewlines(ClassifiedSpan text, int at, bool orSlash = false)
    {
        while (text.IsNewline(at) || orSlash && text[at] == '/')
        {
            at++;
        }

        return at;
    }
}
