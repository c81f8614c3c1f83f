using System.Text;

namespace Spud.Text.ChatTemplates;

/// <summary>Reads the arguments of one call whose name is known. If they are not an object, the text is given back.</summary>
internal sealed class NamedCallReader(Func<OpenCall> begin)
{
    private readonly StringBuilder _held = new();
    private OpenCall? _call;

    /// <summary>Reads text.</summary>
    public void Append(string text, List<AnswerPiece> pieces)
    {
        if (_call is null)
        {
            _held.Append(text);
            string held = _held.ToString().TrimStart();
            if (!held.StartsWith('{'))
                return;

            _call = begin();
            text = held;
            _held.Clear();
        }

        _call.Append(text);
        _call.Flush(pieces);
    }

    /// <summary>Ends the text, and returns what was not a call.</summary>
    public string Finish(List<AnswerPiece> pieces)
    {
        _call?.End(pieces);
        return _held.ToString();
    }
}
