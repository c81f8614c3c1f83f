namespace Spud.Text.ChatTemplates;

/// <summary>Python's <c>str.replace</c> within the run's limits.</summary>
internal static class Replacing
{
    /// <summary>Replaces the first <paramref name="count"/> occurrences, or all if it is negative.</summary>
    public static TemplateString Replace(TemplateRun run, TemplateString text, string old, TemplateString replacement, long count)
    {
        if (old.Length == 0)
            return Interleave(run, text, replacement, count);
        var result = new BoundedText(run);
        int from = 0;
        int found = text.Text.IndexOf(old, StringComparison.Ordinal);
        while (found >= 0 && count-- != 0)
        {
            run.Step();
            result.Append(text[from..found]).Append(replacement);
            from = found + old.Length;
            found = text.Text.IndexOf(old, from, StringComparison.Ordinal);
        }

        return result.Append(text[from..]).ToText();
    }

    /// <summary>An empty string matches before every character and at the end.</summary>
    private static TemplateString Interleave(TemplateRun run, TemplateString text, TemplateString replacement, long count)
    {
        var result = new BoundedText(run);
        foreach (object character in ValueTypes.Items(run, text))
        {
            run.Step();
            if (count-- != 0)
                result.Append(replacement);
            else
                count = 0;
            result.Append((TemplateString)character);
        }

        return (count != 0 ? result.Append(replacement) : result).ToText();
    }
}
