namespace Spud.Text.Tokenization.PreTokenizers;

/// <summary>
/// [!-/:-@\[-`{-~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
/// </summary>
internal sealed class DeepSeekSplitter : Splitter
{
    private const CharacterClass Letters = CharacterClass.Letter | CharacterClass.Mark;
    private const CharacterClass Signs = CharacterClass.Punctuation | CharacterClass.Symbol;

    protected override int Match(ClassifiedSpan text, int at)
    {
        if (text[at] < 0x80 && text.Is(at, Signs) && text.IsAsciiLetter(at + 1))
        {
            int end = at + 2;
            while (text.IsAsciiLetter(end))
            {
                end++;
            }

            return end;
        }

        bool mayLead = !text.IsNewline(at) && text.IsNot(at, CharacterClass.Letter | Signs);
        if (text.Is(at, Letters) || mayLead && text.Is(at + 1, Letters))
        {
            return text.EndOf(at + 1, Letters);
        }

        int start = text[at] == ' ' ? at + 1 : at;
        return text.Is(start, Signs) ? EndOfNewlines(text, text.EndOf(start, Signs)) : EndOfSpace(text, at, newlinesFirst: true);
    }
}
