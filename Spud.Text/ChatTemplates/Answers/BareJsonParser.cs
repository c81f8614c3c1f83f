namespace Spud.Text.ChatTemplates;

/// <summary>Answers that are calls as a whole, such as <c>{"name": "f", "parameters": {…}}</c>, or else plain text.</summary>
internal sealed class BareJsonParser : AnswerParser
{
    private static readonly string[] s_marks = [ToolFormats.PythonTag];

    private bool _decided;

    private protected override IReadOnlyList<string> Marks => _decided ? [] : s_marks;

    private protected override void Cross(string mark, List<AnswerPiece> pieces)
    {
    }

    private protected override void Add(string text, List<AnswerPiece> pieces)
    {
        if (!_decided && text.AsSpan().TrimStart() is { Length: > 0 } visible)
        {
            _decided = true;
            if (visible[0] == '{')
                Begin(AnswerPart.ToolCall);
        }

        if (Part != AnswerPart.ToolCall)
        {
            Emit(text, pieces);
            return;
        }

        AppendCalls(text, pieces);
        if (CallsFailed)
            EndCalls(pieces);
    }

    private protected override void End(List<AnswerPiece> pieces) => EndCalls(pieces);
}
