using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;

namespace Spud.Host.Repl.Screen;

/// <summary>Markdown as paragraphs: what models write, as far as a terminal can show it.</summary>
internal static class MarkdownText
{
    private static readonly MarkdownPipeline s_pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseEmphasisExtras().DisableHtml().Build();

    /// <summary>Paragraphs of a text that is complete.</summary>
    /// <param name="text">Safe to draw.</param>
    public static List<Paragraph> Paragraphs(string text)
    {
        List<Paragraph> paragraphs = [];
        Blocks(Markdown.Parse(text, s_pipeline), paragraphs, isTight: false);
        return paragraphs;
    }

    private static void Blocks(IEnumerable<Block> blocks, List<Paragraph> to, bool isTight)
    {
        bool isFirst = true;
        foreach (Block block in blocks)
        {
            int before = to.Count;
            Add(block, to);
            if (!isFirst && !isTight && to.Count > before)
                to.Insert(before, Paragraph.Empty);

            isFirst &= to.Count == before;
        }
    }

    private static void Add(Block block, List<Paragraph> to)
    {
        switch (block)
        {
            case HeadingBlock heading:
                to.AddRange(MarkdownInlines.Paragraphs(heading.Inline, Ink.Heading));
                break;
            case Table table:
                MarkdownTable.Add(table, to);
                break;
            case ListBlock list:
                List(list, to);
                break;
            case QuoteBlock quote:
                Inside(quote, new("│ ", Ink.Dim), new("│ ", Ink.Dim), to);
                break;
            case ThematicBreakBlock:
                to.Add(Paragraph.Of("────────", Ink.Dim));
                break;
            case CodeBlock code:
                foreach (string line in code.Lines.ToString().Split('\n'))
                    to.Add(new Paragraph([new(line, Ink.Code)], IsVerbatim: true).Indented(new("▏ ", Ink.Dim), new("▏ ", Ink.Dim)));
                break;
            case LeafBlock { Inline: { } inline }:
                to.AddRange(MarkdownInlines.Paragraphs(inline, Ink.Normal));
                break;
            case ContainerBlock container:
                Blocks(container, to, isTight: false);
                break;
        }
    }

    private static void List(ListBlock list, List<Paragraph> to)
    {
        int number = int.TryParse(list.OrderedStart, out int start) ? start : 1;
        bool isFirst = true;
        foreach (Block item in list)
        {
            if (list.IsLoose && !isFirst)
                to.Add(Paragraph.Empty);

            isFirst = false;
            string bullet = list.IsOrdered ? $"{number++}. " : "• ";
            Inside((ListItemBlock)item, new(bullet, Ink.Accent), new(new string(' ', bullet.Length)), to, !list.IsLoose);
        }
    }

    private static void Inside(ContainerBlock container, Run first, Run rest, List<Paragraph> to, bool isTight = false)
    {
        List<Paragraph> inner = [];
        Blocks(container, inner, isTight);
        if (inner.Count == 0)
            inner.Add(Paragraph.Empty);

        for (int i = 0; i < inner.Count; i++)
            to.Add(inner[i].Indented(i == 0 ? first : rest, rest));
    }
}
