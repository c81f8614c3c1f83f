namespace Spud.Text.ChatTemplates;

/// <summary>
/// A template's string. It knows which of its characters are foreign: from messages, tools or variables rather than the template.
/// Operations that create strings from others preserve this, because a control token counts only if none of its characters is foreign.
/// Immutable.
/// </summary>
internal sealed class TemplateString
{
    private static readonly Range[] s_everything = [Range.All];
    private static readonly TemplateString[] s_ownAscii = MakeAscii([]);
    private static readonly TemplateString[] s_foreignAscii = MakeAscii(s_everything);

    // Ascending, not empty and with gaps between; or empty; or s_everything.
    private readonly Range[] _foreign;

    private TemplateString(string text, Range[] foreign) => (Text, _foreign) = (text, foreign);

    public static TemplateString Empty { get; } = new("", []);

    public string Text { get; }

    public int Length => Text.Length;

    /// <summary>Whether any character is foreign.</summary>
    public bool HasForeign => _foreign.Length > 0;

    private bool IsForeign => ReferenceEquals(_foreign, s_everything);

    /// <summary>A string written by the template or the host.</summary>
    public static TemplateString Own(string text) => new(text, []);

    /// <summary>A string from outside.</summary>
    public static TemplateString Foreign(string text) => new(text, text.Length == 0 ? [] : s_everything);

    /// <summary>The result of converting other strings without a correspondence between their characters: foreign if any of theirs is.</summary>
    public static TemplateString Derived(string text, params ReadOnlySpan<TemplateString> sources)
    {
        foreach (TemplateString source in sources)
        {
            if (source.HasForeign)
                return Foreign(text);
        }

        return Own(text);
    }

    /// <summary>A string with the given foreign ranges: ascending, not empty, with gaps between.</summary>
    public static TemplateString Marked(string text, IReadOnlyList<Range> foreign) => foreign switch
    {
        [] => Own(text),
        [var only] when only.Start.Value == 0 && only.End.Value == text.Length => Foreign(text),
        _ => new(text, [.. foreign]),
    };

    /// <summary>The ranges of foreign characters: ascending, not empty, with gaps between.</summary>
    public IReadOnlyList<Range> ForeignRanges() => IsForeign ? [Range.EndAt(Length)] : _foreign;

    /// <summary>Converts the characters to another form, such as upper case, which may have more characters.</summary>
    public TemplateString Recast(Func<string, string> change)
    {
        string whole = change(Text);
        if (whole.Length == Length || IsForeign || !HasForeign)
            return new(whole, _foreign);

        // If the form depends on the context of a run, the origin of the characters is unclear.
        var foreign = new List<Range>();
        int at = 0;
        foreach ((Range characters, bool isForeign) in Runs())
        {
            int end = at + change(Text[characters]).Length;
            if (isForeign)
                foreign.Add(at..end);
            at = end;
        }

        return at == whole.Length ? Marked(whole, foreign) : Foreign(whole);
    }

    /// <summary>A substring; with <see cref="Length"/> it supports <c>text[a..b]</c>.</summary>
    public TemplateString Slice(int start, int length)
    {
        if (length == Length)
            return this;
        if (length == 1 && Text[start] < s_ownAscii.Length && (IsForeign || !HasForeign))
            return (IsForeign ? s_foreignAscii : s_ownAscii)[Text[start]];
        string part = Text.Substring(start, length);
        return IsForeign ? Foreign(part) : HasForeign ? Marked(part, ForeignIn(start, start + length)) : Own(part);
    }

    /// <summary>The string split where foreign and own characters meet.</summary>
    public IEnumerable<(Range Characters, bool IsForeign)> Runs()
    {
        int at = 0;
        foreach (Range foreign in ForeignRanges())
        {
            if (foreign.Start.Value > at)
                yield return (at..foreign.Start.Value, false);
            yield return (foreign, true);
            at = foreign.End.Value;
        }

        if (at < Length)
            yield return (at..Length, false);
    }

    public override string ToString() => Text;

    private List<Range> ForeignIn(int start, int end)
    {
        var found = new List<Range>();
        for (int i = FirstEndingAfter(start); i < _foreign.Length && _foreign[i].Start.Value < end; i++)
            found.Add((Math.Max(_foreign[i].Start.Value, start) - start)..(Math.Min(_foreign[i].End.Value, end) - start));
        return found;
    }

    private int FirstEndingAfter(int position)
    {
        int low = 0;
        int high = _foreign.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_foreign[middle].End.Value > position)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    private static TemplateString[] MakeAscii(Range[] foreign) => [.. Enumerable.Range(0, 128).Select(c => new TemplateString(((char)c).ToString(), foreign))];
}
