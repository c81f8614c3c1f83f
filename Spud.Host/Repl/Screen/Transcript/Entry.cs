using System.Text;

namespace Spud.Host.Repl.Screen;

/// <summary>Something that was said.</summary>
internal sealed class Entry(EntryKind kind)
{
    private readonly StringBuilder _text = new();

    public EntryKind Kind { get; } = kind;

    /// <summary>Safe to draw.</summary>
    public string Text => _text.ToString();

    /// <summary>Whether nothing more comes: an answer is then shown as Markdown.</summary>
    public bool IsFinished { get; set; }

    /// <summary>Stands under it, such as what it cost; null: nothing.</summary>
    public string? Footer { get; set; }

    /// <summary>Draws it for a width, in place of its text; null: the text is drawn.</summary>
    public Func<int, List<Line>>? Drawn { get; init; }

    /// <summary>The pipeline that answers, where there are several; null: there is one.</summary>
    public string? Title { get; set; }

    /// <summary>Adds text from anywhere: it is made safe.</summary>
    public void Append(string text) => _text.Append(ShownText.Safe(text));

    /// <summary>Where the last paragraph of the text begins.</summary>
    public int LastParagraph { get; private set; }

    /// <summary>Paragraphs from a place in the text on; those before the last one do not change any more.</summary>
    public List<Paragraph> UnfinishedFrom(int place)
    {
        string text = _text.ToString(place, _text.Length - place);
        LastParagraph = place + text.LastIndexOf('\n') + 1;
        return [.. text.Split('\n').Select(line => EntryText.Body(this, Paragraph.Of(line, EntryText.InkOf(Kind))))];
    }
}

/// <summary>Who says it.</summary>
internal enum EntryKind
{
    Question,
    Answer,
    Reasoning,
    Information,
    Warning,
    Error,
}
