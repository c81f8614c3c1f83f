namespace Spud.Text.Tokenization.PreTokenizers;

/// <summary>A run of characters of one kind, with an optional leading character: such as \p{N}{1,3}, \s?\p{L}+ or [一-龥]+.</summary>
internal sealed class RunSplitter : Splitter
{
    /// <summary>Minimum characters of the run.</summary>
    public int Least { get; init; } = 1;

    /// <summary>Maximum length of the run in characters.</summary>
    public int Most { get; init; } = int.MaxValue;

    /// <summary>Classes that belong to the run.</summary>
    public CharacterClass Classes { get; init; }

    /// <summary>Sorted pairs of first and last code points that also belong to the run; white space beyond ASCII never does.</summary>
    public int[] Ranges { get; init; } = [];

    /// <summary>Whether the run consists of all characters except the above.</summary>
    public bool Inverted { get; init; }

    /// <summary>Whether one white-space character may precede the run.</summary>
    public bool SpaceMayLead { get; init; }

    /// <summary>Like <see cref="SpaceMayLead"/>, but only for U+0020.</summary>
    public bool BlankMayLead { get; init; }

    protected override int Match(ClassifiedSpan text, int at)
    {
        bool leads = SpaceMayLead && text.Is(at, CharacterClass.Space) || BlankMayLead && text[at] == ' ';
        if (leads && EndOfRun(text, at + 1) is int end && end > at + 1)
        {
            return end;
        }

        return EndOfRun(text, at);
    }

    private int EndOfRun(ClassifiedSpan text, int at)
    {
        int end = at;
        while (end < text.Length && end - at < Most && Belongs(text, end))
        {
            end++;
        }

        return end - at >= Least ? end : at;
    }

    private bool Belongs(ClassifiedSpan text, int at) =>
        (text.Is(at, Classes) || IsInRanges(text, at)) != Inverted;

    // llama.cpp's patterns treat all white space beyond ASCII as a vertical tab.
    private bool IsInRanges(ClassifiedSpan text, int at) =>
        !(text[at] >= 0x80 && text.Is(at, CharacterClass.Space)) && CharacterClasses.Contains(Ranges, text[at]);
}
