using System.Text;

namespace Spud.Host.Repl.Screen;

/// <summary>An entry of the transcript.</summary>
internal sealed class Entry(EntryKind kind)
{
    private readonly StringBuilder _text = new();

    public EntryKind Kind { get; } = kind;

    /// <summary>Safe to draw.</summary>
    public string Text => _text.ToString();

    /// <summary>Whether it is complete; an answer is then shown as Markdown.</summary>
    public bool IsFinished { get; set; }

    /// <summary>Footer, such as the cost; null for none.</summary>
    public string? Footer { get; set; }

    /// <summary>Draws it for a width, instead of its text; null to draw the text.</summary>
    public Func<int, List<Line>>? Drawn { get; init; }

    /// <summary>The pipeline that answers, if there are several; otherwise null.</summary>
    public string? Title { get; set; }

    /// <summary>Adds untrusted text, which is made safe.</summary>
    public void Append(string text) => _text.Append(ShownText.Safe(text));

    /// <summary>Start of the last paragraph of the text.</summary>
    public int LastParagraph { get; private set; }

    /// <summary>Paragraphs from an index on; all but the last are final.</summary>
    public List<Paragraph> UnfinishedFrom(int place)
    {
        string text = _text.ToString(place, _text.Length - place);
        LastParagraph = place + text.LastIndexOf('\n') + 1;
        return [.. text.Split('\n').Select(line => EntryText.Body(this, Paragraph.Of(line, EntryText.InkOf(Kind))))];
    }
}

/// <summary>The speaker.</summary>
internal enum EntryKind
{
    Question,
    Answer,
    Reasoning,
    Information,
    Warning,
    Error,
}
