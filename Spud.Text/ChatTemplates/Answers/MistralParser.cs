using System.Text;

namespace Spud.Text.ChatTemplates;

/// <summary>Answers that end with calls: <c>[TOOL_CALLS][{"name": …, "arguments": {…}}]</c>, or <c>[TOOL_CALLS]name[ARGS]{…}</c> for each.</summary>
internal sealed class MistralParser : AnswerParser
{
    private const string CallId = "[CALL_ID]";

    private static readonly string[] s_inText = [ToolFormats.MistralCalls, "[THINK]", "[/THINK]"];
    private static readonly string[] s_inCalls = [ToolFormats.MistralCalls, CallId, ToolFormats.MistralArguments];

    private readonly StringBuilder _name = new();
    private bool _inCalls, _inHeader, _inId;

    private protected override IReadOnlyList<string> Marks => _inHeader ? s_inCalls : s_inText;

    private protected override void Cross(string mark, List<AnswerPiece> pieces)
    {
        switch (mark)
        {
            case ToolFormats.MistralCalls:
                EndCalls(pieces);
                Begin(AnswerPart.ToolCall);
                (_inCalls, _inHeader, _inId) = (true, true, false);
                _name.Clear();
                break;
            case CallId:
                _inId = true;
                break;
            case ToolFormats.MistralArguments:
                (_inHeader, _inId) = (false, false);
                BeginCall(_name.ToString().Trim());
                break;
            default:
                Begin(mark == "[THINK]" ? AnswerPart.Reasoning : AnswerPart.Final);
                break;
        }
    }

    private protected override void Add(string text, List<AnswerPiece> pieces)
    {
        if (!_inCalls)
        {
            Emit(text, pieces);
            return;
        }

        // A list, and no name.
        if (_inHeader && _name.ToString().Trim().Length == 0 && text.AsSpan().TrimStart() is ['[' or '{', ..])
            _inHeader = false;

        if (_inHeader && !_inId)
            _name.Append(text);
        else if (!_inHeader)
            AppendCalls(text, pieces);
    }

    private protected override void End(List<AnswerPiece> pieces)
    {
        if (_inHeader && _name.Length > 0)
        {
            Begin(AnswerPart.Final);
            Emit(_name.ToString(), pieces);
        }

        EndCalls(pieces);
    }
}
