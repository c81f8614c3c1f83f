using System.Text;
using System.Text.Json;

namespace Spud.Text.ChatTemplates;

/// <summary>
/// Splits an answer into its parts while it is generated. The markers between the parts follow from the chat template: harmony's
/// channels, or tags such as <c>&lt;think&gt;</c>. Text that may be the beginning of a marker is held back until it is clear.
/// </summary>
public abstract class AnswerParser
{
    private readonly StringBuilder _final = new();
    private readonly StringBuilder _reasoning = new();
    private readonly List<ToolCall> _calls = [];
    private string _pending = "";
    private bool _trimming;

    /// <summary>The parser for a model's answers.</summary>
    /// <param name="template">The model's template; null for plain text, which has no parts.</param>
    /// <param name="prompt">The prompt being answered: templates may open the reasoning in it.</param>
    public static AnswerParser For(ChatTemplate? template, string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        if (template is null)
            return new TagParser([], null);
        return template.Source.Contains(HarmonyParser.Channel, StringComparison.Ordinal) && template.Source.Contains(HarmonyParser.Message, StringComparison.Ordinal)
            ? new HarmonyParser()
            : TagParser.For(template.Source, prompt);
    }

    /// <summary>The parts completed so far, or after <see cref="Flush"/> the whole answer.</summary>
    public Answer Answer => new(_final.ToString(), _reasoning.Length > 0 ? _reasoning.ToString().TrimEnd() : null, [.. _calls]);

    /// <summary>The markers recognised in the current state.</summary>
    private protected abstract IReadOnlyList<string> Marks { get; }

    /// <summary>The part to which text currently belongs.</summary>
    private protected AnswerPart Part { get; private set; }

    /// <summary>Adds text and returns the pieces completed by it.</summary>
    public IReadOnlyList<AnswerPiece> Append(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var pieces = new List<AnswerPiece>();
        Read(text, pieces);
        return pieces;
    }

    /// <summary>Ends the answer and returns the pieces held back.</summary>
    public IReadOnlyList<AnswerPiece> Flush()
    {
        var pieces = new List<AnswerPiece>();
        Add(_pending, pieces);
        _pending = "";
        End(pieces);
        return pieces;
    }

    /// <summary>Reads text after the pending text.</summary>
    private protected void Read(string text, List<AnswerPiece> pieces)
    {
        _pending += text;
        while (FindMark(out int at, out string mark))
        {
            Add(_pending[..at], pieces);
            _pending = _pending[(at + mark.Length)..];
            Cross(mark, pieces);
        }

        int held = HeldBack();
        string clear = _pending[..^held];
        _pending = _pending[^held..];
        Add(clear, pieces);
        Settle(pieces);
    }

    /// <summary>Called after text without a marker was added, when more may come.</summary>
    private protected virtual void Settle(List<AnswerPiece> pieces)
    {
    }

    /// <summary>Reads text again before the pending text, after <see cref="Marks"/> have changed.</summary>
    private protected void ReadAgain(string text, List<AnswerPiece> pieces)
    {
        string rest = _pending;
        _pending = text;
        Read(rest, pieces);
    }

    /// <summary>Handles a marker.</summary>
    private protected abstract void Cross(string mark, List<AnswerPiece> pieces);

    /// <summary>Handles text between markers.</summary>
    private protected virtual void Add(string text, List<AnswerPiece> pieces) => Emit(text, pieces);

    /// <summary>Handles the end of the answer.</summary>
    private protected abstract void End(List<AnswerPiece> pieces);

    /// <summary>Starts another part; leading white space is not part of it.</summary>
    private protected void Begin(AnswerPart part) => (Part, _trimming) = (part, true);

    /// <summary>Adds text to the current part.</summary>
    private protected void Emit(string text, List<AnswerPiece> pieces)
    {
        if (_trimming)
            text = text.TrimStart();
        if (text.Length == 0)
            return;

        _trimming = false;
        pieces.Add(new(Part, text));
        if (Part != AnswerPart.ToolCall)
            (Part == AnswerPart.Final ? _final : _reasoning).Append(text);
    }

    /// <summary>Adds a call; one that cannot be parsed is added as text, so that nothing is lost.</summary>
    private protected void AddCall(string? name, string body, List<AnswerPiece> pieces)
    {
        if (ReadCall(name, body) is { } call)
        {
            _calls.Add(call);
            return;
        }

        Begin(AnswerPart.Final);
        Emit(body, pieces);
    }

    private static ToolCall? ReadCall(string? name, string body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            JsonElement call = document.RootElement;
            if (call.ValueKind != JsonValueKind.Object)
                return null;
            if (name is not null)
                return new(name, call.Clone());

            bool isCall = call.TryGetProperty("name", out JsonElement given) && given.ValueKind == JsonValueKind.String;
            return isCall && call.TryGetProperty("arguments", out JsonElement arguments) && arguments.ValueKind == JsonValueKind.Object
                ? new(given.GetString()!, arguments.Clone())
                : null;
        }
        catch (JsonException)
        {
            return null; // a model may write anything
        }
    }

    private bool FindMark(out int at, out string mark)
    {
        (at, mark) = (int.MaxValue, "");
        foreach (string candidate in Marks)
        {
            int found = _pending.IndexOf(candidate, StringComparison.Ordinal);
            if (found >= 0 && found < at)
                (at, mark) = (found, candidate);
        }

        return mark.Length > 0;
    }

    /// <summary>Length of the longest suffix of the pending text that is a prefix of a marker.</summary>
    private int HeldBack()
    {
        int longest = Math.Min(_pending.Length, Marks.Select(mark => mark.Length - 1).DefaultIfEmpty().Max());
        for (int length = longest; length > 0; length--)
        {
            string end = _pending[^length..];
            if (Marks.Any(mark => mark.StartsWith(end, StringComparison.Ordinal)))
                return length;
        }

        return 0;
    }
}
