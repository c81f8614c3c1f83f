using System.Globalization;
using System.Numerics;

namespace Spud.Text.ChatTemplates;

/// <summary>Writes a value as JSON like transformers' <c>tojson</c> (Python's <c>json.dumps</c> without ASCII escapes).</summary>
internal sealed class JsonText(TemplateRun run)
{
    private readonly BoundedText _writer = new(run);
    private int _level;

    /// <summary>Indentation per level; null to write everything on one line.</summary>
    public TemplateString? Indent { get; init; }

    public bool AsciiOnly { get; init; }

    public bool SortKeys { get; init; }

    public required TemplateString ItemSeparator { get; init; }

    public required TemplateString KeySeparator { get; init; }

    public TemplateString Write(object value)
    {
        WriteValue(value);
        return _writer.ToText();
    }

    private void WriteValue(object value)
    {
        run.Enter();
        switch (value)
        {
            case TemplateString text:
                WriteString(text);
                break;
            case TemplateList list:
                WriteList(list.Items);
                break;
            case TemplateMap map:
                WriteMap(map);
                break;
            default:
                _writer.Append(Scalar(value));
                break;
        }

        run.Leave();
    }

    private string Scalar(object value) => value switch
    {
        None => "null",
        bool b => b ? "true" : "false",
        long n => n.ToString(CultureInfo.InvariantCulture),
        BigInteger n => n.ToString(CultureInfo.InvariantCulture),
        double d => double.IsNaN(d) ? "NaN" : double.IsInfinity(d) ? (d > 0 ? "Infinity" : "-Infinity") : FloatText.Of(d),
        Undefined undefined => throw run.Fail($"cannot write as JSON: {undefined.Problem}"),
        _ => throw run.Fail($"cannot write {ValueTypes.Describe(value)} as JSON"),
    };

    private void WriteList(List<object> items)
    {
        if (items.Count == 0)
        {
            _writer.Append("[]");
            return;
        }

        _writer.Append('[');
        _level++;
        for (int i = 0; i < items.Count; i++)
        {
            StartItem(i);
            WriteValue(items[i]);
        }

        _level--;
        NewLine();
        _writer.Append(']');
    }

    private void WriteMap(TemplateMap map)
    {
        if (map.Entries.Count == 0)
        {
            _writer.Append("{}");
            return;
        }

        _writer.Append('{');
        _level++;
        int index = 0;
        foreach ((object key, object value) in Entries(map))
        {
            StartItem(index++);
            WriteString(key as TemplateString ?? TemplateString.Own(Scalar(key)));
            _writer.Append(KeySeparator);
            WriteValue(value);
        }

        _level--;
        NewLine();
        _writer.Append('}');
    }

    private IEnumerable<KeyValuePair<object, object>> Entries(TemplateMap map)
    {
        if (!SortKeys)
            return map.Entries;
        run.ChargeItems(map.Entries.Count);
        return StableSort.Sort([.. map.Entries], (a, b) => ValueEquality.Compare(run, a.Key, b.Key));
    }

    private void StartItem(int index)
    {
        if (index > 0)
            _writer.Append(ItemSeparator);
        NewLine();
    }

    private void NewLine()
    {
        if (Indent is null)
            return;
        _writer.Append('\n');
        for (int i = 0; i < _level; i++)
            _writer.Append(Indent);
    }

    private void WriteString(TemplateString text)
    {
        _writer.Append('"');
        foreach ((Range characters, bool isForeign) in text.Runs())
        {
            foreach (char c in text.Text.AsSpan(characters))
                _writer.Append(Escape(c), [c], isForeign);
        }

        _writer.Append('"');
    }

    private string? Escape(char c) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\f' => "\\f",
        '\b' => "\\b",
        < ' ' => $"\\u{(int)c:x4}",
        > '~' when AsciiOnly => $"\\u{(int)c:x4}",
        _ => null,
    };
}
