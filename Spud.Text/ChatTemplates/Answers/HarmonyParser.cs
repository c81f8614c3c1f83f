using System.Text;

namespace Spud.Text.ChatTemplates;

/// <summary>
/// Answers in gpt-oss's harmony format: messages with a header that contains a channel and possibly a recipient, as in
/// <c>&lt;|channel|&gt;commentary to=functions.f &lt;|constrain|&gt;json&lt;|message|&gt;{…}&lt;|call|&gt;</c>.
/// </summary>
internal sealed class HarmonyParser : AnswerParser
{
    public const string Channel = "<|channel|>";
    public const string Message = "<|message|>";
    private const string Start = "<|start|>";
    private const string Functions = "functions.";

    private static readonly string[] s_inHeader = [Message];
    private static readonly string[] s_inMessage = [Start, "<|end|>", "<|return|>", "<|call|>", Channel];

    private readonly StringBuilder _header = new();
    private bool _inHeader = true;
    private bool _begun;
    private string? _recipient;

    /// <summary>Whether a template writes this format.</summary>
    public static bool IsHarmony(string source) => source.Contains(Channel, StringComparison.Ordinal) && source.Contains(Message, StringComparison.Ordinal);

    private protected override IReadOnlyList<string> Marks => _inHeader ? s_inHeader : s_inMessage;

    private protected override void Cross(string mark, List<AnswerPiece> pieces)
    {
        if (!_inHeader)
        {
            EndCalls(pieces);
            _inHeader = true;
            _header.Append(mark == Channel ? mark : "");
            return;
        }

        string header = _header.ToString();
        _header.Clear();
        (_inHeader, _begun) = (false, true);
        _recipient = RecipientOf(header);
        if (_recipient is not null)
            BeginCall(_recipient);

        Begin(_recipient is not null ? AnswerPart.ToolCall : header.Contains("analysis", StringComparison.Ordinal) ? AnswerPart.Reasoning : AnswerPart.Final);
    }

    private protected override void Add(string text, List<AnswerPiece> pieces)
    {
        if (_inHeader)
        {
            _header.Append(text);
            return;
        }

        if (_recipient is not null)
            AppendCalls(text, pieces);
        else
            Emit(text, pieces);
    }

    private protected override void End(List<AnswerPiece> pieces)
    {
        EndCalls(pieces);
        if (!_begun && !_header.ToString().StartsWith('<'))
            Emit(_header.ToString(), pieces);
    }

    // If a model writes no header at the beginning, its text is the answer.
    private protected override void Settle(List<AnswerPiece> pieces)
    {
        string header = _header.ToString();
        if (!_inHeader || _begun)
            return;

        int compared = Math.Min(header.Length, Channel.Length);
        bool mayBeHeader = string.CompareOrdinal(header, 0, Channel, 0, compared) == 0 || "assistant".StartsWith(header.Split(' ', '<')[0], StringComparison.Ordinal);
        if (mayBeHeader)
            return;

        _header.Clear();
        (_inHeader, _begun) = (false, true);
        ReadAgain(header, pieces);
    }

    private static string? RecipientOf(string header)
    {
        int at = header.IndexOf("to=", StringComparison.Ordinal);
        if (at < 0)
            return null;

        string recipient = header[(at + 3)..].Split(' ', '<')[0];
        return recipient.StartsWith(Functions, StringComparison.Ordinal) ? recipient[Functions.Length..] : recipient;
    }
}
