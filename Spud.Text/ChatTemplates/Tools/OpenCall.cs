using System.Text;
using System.Text.Json;

namespace Spud.Text.ChatTemplates;

/// <summary>A call that is being written: a piece with its name, pieces of its arguments, and a piece that ends it.</summary>
/// <param name="index">Number of calls before it.</param>
/// <param name="id">Its id.</param>
/// <param name="name">The function.</param>
/// <param name="ended">Receives the call when it is complete; null for a call too many, of which nobody is told.</param>
internal sealed class OpenCall(int index, string id, string name, Action<ToolCall>? ended)
{
    private readonly StringBuilder _arguments = new();
    private int _told;
    private bool _begun;

    /// <summary>Whether the arguments are complete; what follows does not belong to them.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Adds text of the arguments.</summary>
    public void Append(string text) => _arguments.Append(text);

    /// <summary>Reports what has come.</summary>
    public void Flush(List<AnswerPiece> pieces)
    {
        if (ended is null)
            return;

        // Clients expect the name in a piece of its own.
        if (!_begun)
            pieces.Add(new(AnswerPart.ToolCall, "") { Call = new(index, id, name, IsStart: true) });

        _begun = true;
        if (_arguments.Length > _told)
            pieces.Add(new(AnswerPart.ToolCall, _arguments.ToString(_told, _arguments.Length - _told)) { Call = new(index, id, name) });

        _told = _arguments.Length;
    }

    /// <summary>Ends the call, complete or not.</summary>
    public void End(List<AnswerPiece> pieces)
    {
        if (ended is null)
            return;

        Flush(pieces);
        pieces.Add(new(AnswerPart.ToolCall, "") { Call = new(index, id, name, IsEnd: true) });
        ended(new(name, ArgumentsOf(_arguments.ToString()), id));
    }

    private static JsonElement ArgumentsOf(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            // Cut short, or not JSON: the text is all there is.
            return JsonSerializer.SerializeToElement(text);
        }
    }
}
