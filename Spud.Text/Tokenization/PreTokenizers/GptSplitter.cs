namespace Spud.Text.Tokenization.PreTokenizers;

/// <summary>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</summary>
internal sealed class GptSplitter : Splitter
{
    protected override int Match(ClassifiedSpan text, int at)
    {
        int end = EndOfContraction(text, at, ignoreCase: false);
        if (end > at)
        {
            return end;
        }

        int start = text[at] == ' ' ? at + 1 : at;
        if (text.Is(start, CharacterClass.Letter))
        {
            return text.EndOf(start, CharacterClass.Letter);
        }

        if (text.Is(start, CharacterClass.Number))
        {
            return text.EndOf(start, CharacterClass.Number);
        }

        end = text.EndOfNot(start, CharacterClass.Space | CharacterClass.Letter | CharacterClass.Number);
        return end > start ? end : EndOfSpace(text, at, newlinesFirst: false);
    }
}
