namespace Spud.Text.Tokenization.PreTokenizers;

/// <summary>\s+$ where $ is the end of the piece.</summary>
internal sealed class TrailingSpaceSplitter : Splitter
{
    // Searched from the end: from the start, a run of spaces would be scanned once for each of its characters.
    public override void Split(ClassifiedSpan text, int origin, List<int> ends)
    {
        int start = text.Length;
        while (start > 0 && text.Is(start - 1, CharacterClass.Space))
        {
            start--;
        }

        if (start > 0)
        {
            ends.Add(origin + start);
        }

        if (start < text.Length)
        {
            ends.Add(origin + text.Length);
        }
    }

    protected override int Match(ClassifiedSpan text, int at) => throw new NotSupportedException("Split does not ask.");
}
