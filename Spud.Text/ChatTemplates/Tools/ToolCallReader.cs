using System.Text;
using System.Text.Json;

namespace Spud.Text.ChatTemplates;

/// <summary>
/// Reads calls while they are written: JSON objects with a name and arguments, alone, in a list, or one after the other. A call begins as
/// soon as its name and the beginning of its arguments are known; what turns out not to be a call is given back as text.
/// </summary>
/// <param name="begin">Begins a call.</param>
/// <param name="isTool">Whether a name can be called.</param>
internal sealed class ToolCallReader(Func<string, OpenCall> begin, Func<string, bool> isTool) : CallReader
{
    private readonly StringBuilder _raw = new(); // of an object that is not yet a call
    private readonly StringBuilder _token = new(); // the key or value being read
    private Place _place = Place.Between;
    private string _key = "";
    private string? _name;
    private string? _arguments; // complete, but the name has not come yet
    private OpenCall? _call;
    private int _depth;
    private bool _inString, _escaped;

    private enum Place
    {
        Between,
        Key,
        Colon,
        Value,
        NotACall,
    }

    /// <inheritdoc/>
    public override bool Failed => _place == Place.NotACall;

    private bool InArguments => _place == Place.Value && _key is "arguments" or "parameters";

    /// <inheritdoc/>
    public override void Append(string text, List<AnswerPiece> pieces)
    {
        foreach (char c in text)
            Read(c, pieces);

        _call?.Flush(pieces);
    }

    /// <inheritdoc/>
    public override string Finish(List<AnswerPiece> pieces)
    {
        string rest = _call is null ? _raw.ToString() : "";
        _call?.End(pieces);
        Reset(Place.Between);
        return rest;
    }

    private void Read(char c, List<AnswerPiece> pieces)
    {
        switch (_place)
        {
            case Place.NotACall:
                _raw.Append(c);
                return;
            case Place.Between:
                ReadBetween(c);
                return;
        }

        if (_call is null)
            _raw.Append(c);
        if (_inString)
            ReadInString(c);
        else
            ReadStructure(c, pieces);
    }

    private void ReadBetween(char c)
    {
        if (c == '{')
        {
            _raw.Append(c);
            (_place, _depth) = (Place.Key, 1);
        }
        else if (!char.IsWhiteSpace(c) && c is not ('[' or ']' or ',' or ';'))
        {
            _raw.Append(c);
            _place = Place.NotACall;
        }
    }

    private void ReadInString(char c)
    {
        bool ends = c == '"' && !_escaped;
        _escaped = c == '\\' && !_escaped;
        _inString = !ends;
        if (_place == Place.Value)
            Take(c);
        else if (!ends)
            _token.Append(c);
        else if (_place == Place.Key)
            (_key, _place) = (_token.ToString(), Place.Colon);
    }

    private void ReadStructure(char c, List<AnswerPiece> pieces)
    {
        if (c == '"')
        {
            _inString = true;
            if (_place == Place.Value)
                Take(c);
            else
                _token.Clear();
            return;
        }

        if (c == ':' && _place == Place.Colon)
        {
            _place = Place.Value;
            _token.Clear();
            return;
        }

        if (_depth == 1 && c is ',' or '}')
        {
            EndValue();
            _place = Place.Key;
            if (c == '}')
                EndObject(pieces);
            return;
        }

        _depth += c is '{' or '[' ? 1 : c is '}' or ']' ? -1 : 0;
        if (_place == Place.Value)
            Take(c);
        if (_depth == 0)
            _place = Place.NotACall;
    }

    /// <summary>Takes a character of a value.</summary>
    private void Take(char c)
    {
        if (_token.Length == 0 && char.IsWhiteSpace(c))
            return;

        if (_call is not null && InArguments)
        {
            if (!_call.IsComplete)
                _call.Append(c.ToString());
            if (_depth == 1 && c is '}')
                _call.IsComplete = true;
            return;
        }

        _token.Append(c);
        if (InArguments && c == '{' && _token.Length == 1 && _name is not null)
            Begin("{");
    }

    private void EndValue()
    {
        if (_place != Place.Value)
            return;

        string value = _token.ToString().TrimEnd();
        if (_key == "name")
            _name = StringOf(value);
        else if (InArguments && _call is null)
            _arguments = value is "null" ? "{}" : value.StartsWith('"') ? StringOf(value) : value;

        if (_call is null && _name is not null && _arguments is not null)
            Begin(_arguments);
    }

    private void EndObject(List<AnswerPiece> pieces)
    {
        if (_call is null && _name is not null)
            Begin(_arguments ?? "{}");

        if (_call is null)
        {
            _place = Place.NotACall;
            return;
        }

        _call.End(pieces);
        Reset(Place.Between);
    }

    private void Begin(string arguments)
    {
        if (!isTool(_name!) || !arguments.StartsWith('{'))
            return;

        _call = begin(_name!);
        _call.Append(arguments);
        _call.IsComplete = arguments.Length > 1;
        _raw.Clear();
    }

    private void Reset(Place place)
    {
        (_place, _depth, _inString, _escaped) = (place, 0, false, false);
        (_key, _name, _arguments, _call) = ("", null, null, null);
        _raw.Clear();
        _token.Clear();
    }

    private static string? StringOf(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.String ? document.RootElement.GetString() : null;
        }
        catch (JsonException)
        {
            return null; // a model may write anything
        }
    }
}
