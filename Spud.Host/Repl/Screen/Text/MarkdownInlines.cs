using Markdig.Syntax.Inlines;

namespace Spud.Host.Repl.Screen;

/// <summary>Inline elements of Markdown.</summary>
internal static class MarkdownInlines
{
    /// <summary>One paragraph, or several if the text has line breaks.</summary>
    public static List<Paragraph> Paragraphs(ContainerInline? inlines, Ink ink)
    {
        List<List<Run>> lines = [[]];
        if (inlines is not null)
            Add(inlines, ink, lines);

        return [.. lines.Select(runs => new Paragraph(runs))];
    }

    /// <summary>Plain text, on one row.</summary>
    public static string Text(ContainerInline? inlines) =>
        string.Join(' ', Paragraphs(inlines, Ink.Normal).Select(paragraph => string.Concat(paragraph.Runs.Select(run => run.Text))));

    private static void Add(ContainerInline inlines, Ink ink, List<List<Run>> lines)
    {
        foreach (Inline inline in inlines)
        {
            switch (inline)
            {
                case LiteralInline literal:
                    lines[^1].Add(new(literal.Content.ToString(), ink));
                    break;
                case CodeInline code:
                    lines[^1].Add(new(code.Content, Ink.Code));
                    break;
                case LineBreakInline:
                    // Models intend the line breaks that they write.
                    lines.Add([]);
                    break;
                case AutolinkInline link:
                    lines[^1].Add(new(link.Url, Ink.Accent));
                    break;
                case HtmlEntityInline entity:
                    lines[^1].Add(new(ShownText.OneLine(entity.Transcoded.ToString()), ink));
                    break;
                case EmphasisInline emphasis:
                    Add(emphasis, ink == Ink.Heading ? ink : emphasis.DelimiterCount > 1 ? Ink.Strong : Ink.Emphasis, lines);
                    break;
                case LinkInline link:
                    Add(link, Ink.Accent, lines);
                    if (link.Url is { Length: > 0 } url)
                        lines[^1].Add(new($" ({ShownText.OneLine(url)})", Ink.Dim));

                    break;
                case ContainerInline container:
                    Add(container, ink, lines);
                    break;
            }
        }
    }
}
