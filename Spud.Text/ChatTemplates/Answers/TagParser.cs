namespace Spud.Text.ChatTemplates;

/// <summary>Answers whose parts are enclosed in tags: <c>&lt;think&gt;…&lt;/think&gt;</c>, <c>&lt;tool_call&gt;…&lt;/tool_call&gt;</c>.</summary>
internal sealed class TagParser : AnswerParser
{
    private static readonly Tag[] s_known =
    [
        new("<think>", "</think>", AnswerPart.Reasoning),
        new("<seed:think>", "</seed:think>", AnswerPart.Reasoning),
        new(ToolFormats.Opening, ToolFormats.Closing, AnswerPart.ToolCall),
    ];

    private readonly Tag[] _tags;
    private readonly string[] _openings;
    private Tag? _open;

    /// <summary>Creates a parser.</summary>
    /// <param name="tags">The recognised tags.</param>
    /// <param name="open">The tag opened by the prompt, if any.</param>
    public TagParser(Tag[] tags, Tag? open)
    {
        (_tags, _open) = (tags, open);
        _openings = [.. tags.Select(tag => tag.Opening)];
        if (open is not null)
            Begin(open.Part);
    }

    private protected override IReadOnlyList<string> Marks => _open is null ? _openings : [_open.Closing];

    /// <summary>The parser for the tags that a template writes or reads.</summary>
    /// <param name="source">The template's text.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="readsCalls">Whether calls are expected even if the template does not write them.</param>
    public static TagParser For(string source, string prompt, bool readsCalls)
    {
        Tag[] tags = [.. s_known.Where(tag => (readsCalls && tag.Part == AnswerPart.ToolCall) || source.Contains(tag.Closing, StringComparison.Ordinal) || source.Contains(tag.Opening, StringComparison.Ordinal))];
        return new(tags, Array.Find(tags, tag => prompt.AsSpan().TrimEnd().EndsWith(tag.Opening)));
    }

    private protected override void Cross(string mark, List<AnswerPiece> pieces)
    {
        if (_open is not null)
        {
            _open = null;
            EndCalls(pieces);
            Begin(AnswerPart.Final);
        }
        else
        {
            _open = Array.Find(_tags, tag => tag.Opening == mark);
            Begin(_open!.Part);
        }
    }

    private protected override void Add(string text, List<AnswerPiece> pieces)
    {
        if (Part == AnswerPart.ToolCall)
            AppendCalls(text, pieces);
        else
            Emit(text, pieces);
    }

    private protected override void End(List<AnswerPiece> pieces) => EndCalls(pieces);

    /// <summary>A pair of tags, and the part they enclose.</summary>
    internal sealed record Tag(string Opening, string Closing, AnswerPart Part);
}
