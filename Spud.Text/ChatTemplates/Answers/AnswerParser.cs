using System.Security.Cryptography;
using System.Text;

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
    private ToolSet? _tools;
    private MarkupForm? _markup;
    private CallReader? _reader;
    private NamedCallReader? _named;
    private string _pending = "";
    private int _begun, _mostCalls;
    private bool _trimming;

    /// <summary>The parser for a model's answers.</summary>
    /// <param name="template">The model's template; null for plain text, which has no parts.</param>
    /// <param name="prompt">The prompt being answered: templates may open the reasoning in it.</param>
    /// <param name="tools">The functions that the model was offered; null if none.</param>
    /// <param name="isParallel">Whether it may call several: calls beyond the first, or beyond <see cref="CallText.MaxCalls"/>, are left out.</param>
    public static AnswerParser For(ChatTemplate? template, string prompt, ToolSet? tools = null, bool isParallel = true)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ToolFormat format = template is null ? ToolFormat.ExplainedTags : ToolFormats.Of(template);
        AnswerParser parser = template is null ? new TagParser([], null) : format switch
        {
            ToolFormat.Harmony => new HarmonyParser(),
            ToolFormat.MistralList or ToolFormat.MistralNamed => new MistralParser(),
            ToolFormat.BareJson when tools is not null => new BareJsonParser(),
            _ => TagParser.For(template.Source, prompt, readsCalls: tools is not null),
        };
        (parser._tools, parser._markup, parser._mostCalls) = (tools, MarkupForm.Of(format), isParallel ? CallText.MaxCalls : 1);
        return parser;
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

    /// <summary>Whether the text of a call turned out not to be one.</summary>
    private protected bool CallsFailed => _reader?.Failed == true;

    /// <summary>Reads text of calls that contain their names.</summary>
    private protected void AppendCalls(string text, List<AnswerPiece> pieces)
    {
        if (_named is not null)
        {
            _named.Append(text, pieces);
            return;
        }

        // Without a marker before it, only the name of a tool makes a text a call.
        _reader ??= _markup is { } form
            ? new MarkupCallReader(form, NewCall, name => _tools?.Find(name))
            : new ToolCallReader(NewCall, name => this is not BareJsonParser || _tools?.Find(name) is not null);
        _reader.Append(text, pieces);
    }

    /// <summary>Begins a call whose name stands before its arguments.</summary>
    private protected void BeginCall(string name) => _named = new(() => NewCall(name));

    /// <summary>Ends the text of calls; what is not a call is added as text, so that nothing is lost.</summary>
    private protected void EndCalls(List<AnswerPiece> pieces)
    {
        string rest = (_named?.Finish(pieces) ?? "") + (_reader?.Finish(pieces) ?? "");
        (_named, _reader) = (null, null);
        if (Part == AnswerPart.ToolCall)
            Begin(AnswerPart.Final);

        Emit(rest, pieces);
    }

    // Mistral's templates accept ids of nine letters and digits only.
    private OpenCall NewCall(string name) => new(_begun++, RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 9), name, _begun <= _mostCalls ? _calls.Add : null);

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
