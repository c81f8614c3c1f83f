using System.Text;
using System.Text.Json;
using Spud.Text.Grammars.Schemas;

namespace Spud.Text.ChatTemplates;

/// <summary>
/// Reads calls in tags while they are written, and makes JSON of their arguments. A text goes out as it comes; a value of another type when it is
/// complete, and as a text if it is not JSON.
/// </summary>
/// <param name="form">The tags.</param>
/// <param name="begin">Begins a call.</param>
/// <param name="find">The function of a name; null if there is none.</param>
internal sealed class MarkupCallReader(MarkupForm form, Func<string, OpenCall> begin, Func<string, ToolFunction?> find) : CallReader
{
    private const int MaxName = 64;

    private readonly StringBuilder _value = new(); // of a value that is not a text
    private string _held = ""; // not yet understood
    private Place _place = Place.Name;
    private OpenCall? _call;
    private JsonElement? _parameters;
    private bool _isText, _hasMembers, _beginsValue;

    private enum Place
    {
        Name,
        Between,
        Key,
        BeforeValue,
        Value,
        NotACall,
    }

    /// <inheritdoc/>
    public override bool Failed => _place == Place.NotACall;

    /// <inheritdoc/>
    public override void Append(string text, List<AnswerPiece> pieces)
    {
        _held += text;
        while (Read(pieces))
        {
        }

        _call?.Flush(pieces);
    }

    /// <inheritdoc/>
    public override string Finish(List<AnswerPiece> pieces)
    {
        // A call without arguments may be nothing but a name.
        if (_place == Place.Name && form.AfterName.Length == 0 && IsName(_held.Trim()))
            Begin(_held.Trim(), _held.Length);

        string rest = _call is null ? _held : "";
        if (_place == Place.Value)
            _call!.Append(_isText ? JsonGrammar.Quote(_held)[1..^1] : _value.ToString() + _held);
        if (_place == Place.Between)
            _call!.Append("}");

        _call?.End(pieces);
        Reset();
        return rest;
    }

    /// <summary>Reads the next part; false if it has not come yet.</summary>
    private bool Read(List<AnswerPiece> pieces)
    {
        switch (_place)
        {
            case Place.Name:
                return ReadName();
            case Place.Between:
                if (Skip(form.BeforeKey))
                    _place = Place.Key;
                else if (form.End.Length > 0 && Skip(form.End))
                    EndCall(pieces);
                else
                    return Drop(form.BeforeKey, form.End);
                return true;
            case Place.Key:
                return ReadKey();
            case Place.BeforeValue:
                if (!Skip(form.BeforeValue))
                    return Drop(form.BeforeValue);
                _place = Place.Value;
                return true;
            case Place.Value:
                return ReadValue();
            default:
                return false;
        }
    }

    private bool ReadName()
    {
        string held = _held.TrimStart();
        if (form.BeforeName.Length > 0 && !held.StartsWith(form.BeforeName, StringComparison.Ordinal))
        {
            if (!form.BeforeName.StartsWith(held, StringComparison.Ordinal))
                _place = Place.NotACall;
            return false;
        }

        int start = form.BeforeName.Length;
        int end = form.AfterName.Length > 0 ? held.IndexOf(form.AfterName, start, StringComparison.Ordinal) : held.IndexOfAny(['\n', '<']);
        string name = (end < 0 ? held[start..] : held[start..end]).Trim();
        if (!IsName(name) && (end >= 0 || name.Length > 0))
            _place = Place.NotACall;
        else if (end >= 0)
            Begin(name, _held.Length - held.Length + end + form.AfterName.Length);

        return _call is not null;
    }

    private static bool IsName(string text) => text.Length is > 0 and <= MaxName && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    private void Begin(string name, int read)
    {
        _held = _held[read..];
        (_call, _parameters, _hasMembers, _place) = (begin(name), find(name)?.Parameters, false, Place.Between);
        _call.Append("{");
    }

    private bool ReadKey()
    {
        int end = _held.IndexOf(form.AfterKey, StringComparison.Ordinal);
        if (end < 0)
            return false;

        string key = _held[..end].Trim();
        _held = _held[(end + form.AfterKey.Length)..];
        _isText = _parameters is { } schema && schema.TryGetProperty("properties", out JsonElement listed) && listed.ValueKind == JsonValueKind.Object
            && listed.TryGetProperty(key, out JsonElement property) && MarkupTexts.IsText(property);
        _call!.Append($"{(_hasMembers ? ", " : "")}{JsonGrammar.Quote(key)}: {(_isText ? "\"" : "")}");
        (_hasMembers, _beginsValue, _place) = (true, form.HasLines, form.BeforeValue.Length > 0 ? Place.BeforeValue : Place.Value);
        return true;
    }

    private bool ReadValue()
    {
        if (_beginsValue && _held.Length > 0)
            (_held, _beginsValue) = (_held[0] == '\n' ? _held[1..] : _held, false);

        int end = _held.IndexOf(form.AfterValue, StringComparison.Ordinal);
        if (end < 0)
        {
            int held = HeldBack();
            Take(_held[..^held]);
            _held = _held[^held..];
            return false;
        }

        Take(form.HasLines && end > 0 && _held[end - 1] == '\n' ? _held[..(end - 1)] : _held[..end]);
        _held = _held[(end + form.AfterValue.Length)..];
        _call!.Append(_isText ? "\"" : Json(_value.ToString().Trim()));
        _value.Clear();
        _place = Place.Between;
        return true;
    }

    private void Take(string text)
    {
        if (_isText)
            _call!.Append(JsonGrammar.Quote(text)[1..^1]);
        else
            _value.Append(text);
    }

    /// <summary>Length of the end of a value's text that may belong to what is behind it, or to a character that is not complete.</summary>
    private int HeldBack()
    {
        for (int length = Math.Min(_held.Length, form.BehindValue.Length - 1); length > 0; length--)
        {
            string end = _held[^length..];
            if (form.BehindValue.StartsWith(end, StringComparison.Ordinal) || form.AfterValue.StartsWith(end, StringComparison.Ordinal))
                return length;
        }

        return _held.Length > 0 && char.IsHighSurrogate(_held[^1]) ? 1 : 0;
    }

    private void EndCall(List<AnswerPiece> pieces)
    {
        _call!.Append("}");
        _call.End(pieces);
        string rest = _held;
        Reset();
        _held = rest.TrimStart();
    }

    private void Reset()
    {
        (_place, _call, _parameters, _held) = (Place.Name, null, null, "");
        _value.Clear();
    }

    /// <summary>Reads a tag, and white space before it.</summary>
    private bool Skip(string tag)
    {
        _held = _held.TrimStart();
        bool isThere = _held.StartsWith(tag, StringComparison.Ordinal);
        _held = isThere ? _held[tag.Length..] : _held;
        return isThere;
    }

    /// <summary>Drops a character that begins none of some tags; false if one may still come.</summary>
    private bool Drop(params ReadOnlySpan<string> tags)
    {
        foreach (string tag in tags)
        {
            if (tag.StartsWith(_held, StringComparison.Ordinal))
                return false;
        }

        _held = _held.Length > 0 ? _held[1..] : _held;
        return _held.Length > 0;
    }

    /// <summary>A value that is not a text as JSON; templates show some models Python's names.</summary>
    private static string Json(string value)
    {
        switch (value)
        {
            case "True":
                return "true";
            case "False":
                return "false";
            case "None":
                return "null";
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(value);
            return value;
        }
        catch (JsonException)
        {
            return JsonGrammar.Quote(value); // a model may write anything
        }
    }
}
