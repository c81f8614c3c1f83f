namespace Spud.Text.ChatTemplates;

/// <summary>Python's <c>str.split</c> and related methods.</summary>
internal static class Splitting
{
    /// <summary>Splits at runs of white space, at most <paramref name="limit"/> times.</summary>
    public static List<object> OnBlanks(TemplateRun run, TemplateString text, long limit)
    {
        var parts = new List<object>();
        int i = 0;
        while (true)
        {
            while (i < text.Length && Characters.IsSpace(text.Text[i]))
                i++;
            if (i == text.Length)
                return parts;
            run.ChargeItems(1);
            int start = i;
            while (i < text.Length && (parts.Count >= limit || !Characters.IsSpace(text.Text[i])))
                i++;
            parts.Add(text[start..i]);
        }
    }

    /// <summary>The same from the right.</summary>
    public static List<object> OnBlanksFromRight(TemplateRun run, TemplateString text, long limit)
    {
        var parts = new List<object>();
        int end = text.Length;
        while (true)
        {
            while (end > 0 && Characters.IsSpace(text.Text[end - 1]))
                end--;
            if (end == 0)
                break;
            run.ChargeItems(1);
            int start = end;
            while (start > 0 && (parts.Count >= limit || !Characters.IsSpace(text.Text[start - 1])))
                start--;
            parts.Add(text[start..end]);
            end = start;
        }

        parts.Reverse();
        return parts;
    }

    public static List<object> On(TemplateRun run, TemplateString text, string separator, long limit)
    {
        RequireSeparator(run, separator);
        var parts = new List<object>();
        int from = 0;
        for (int at = text.Text.IndexOf(separator, StringComparison.Ordinal); at >= 0 && parts.Count < limit; at = text.Text.IndexOf(separator, from, StringComparison.Ordinal))
        {
            run.ChargeItems(1);
            parts.Add(text[from..at]);
            from = at + separator.Length;
        }

        parts.Add(text[from..]);
        return parts;
    }

    public static List<object> OnFromRight(TemplateRun run, TemplateString text, string separator, long limit)
    {
        RequireSeparator(run, separator);
        var parts = new List<object>();
        int end = text.Length;
        while (parts.Count < limit)
        {
            int at = text.Text.AsSpan(0, end).LastIndexOf(separator);
            if (at < 0)
                break;
            run.ChargeItems(1);
            parts.Add(text[(at + separator.Length)..end]);
            end = at;
        }

        parts.Add(text[..end]);
        parts.Reverse();
        return parts;
    }

    /// <summary>The text before a separator, the separator, and the text after it.</summary>
    public static TemplateList Partition(TemplateRun run, TemplateString text, TemplateString separator, bool fromRight)
    {
        RequireSeparator(run, separator.Text);
        int at = fromRight ? text.Text.AsSpan().LastIndexOf(separator.Text) : text.Text.IndexOf(separator.Text, StringComparison.Ordinal);
        if (at < 0)
            return new TemplateList(fromRight ? [TemplateString.Empty, TemplateString.Empty, text] : [text, TemplateString.Empty, TemplateString.Empty], isTuple: true);
        return new TemplateList([text[..at], separator, text[(at + separator.Length)..]], isTuple: true);
    }

    private static void RequireSeparator(TemplateRun run, string separator)
    {
        if (separator.Length == 0)
            throw run.Fail("the separator must not be empty");
    }
}
