using System.Globalization;

namespace Spud.Runtime.ChatTemplates;

/// <summary>How a value prints: Python's <c>str()</c> outside, <c>repr()</c> inside of lists and dictionaries.</summary>
internal static class ValueText
{
    public static TemplateString Of(TemplateRun run, object value)
    {
        if (value is TemplateString text)
            return text;
        var writer = new BoundedText(run);
        if (value is not Undefined)
            Write(writer, value);
        return writer.ToText();
    }

    public static TemplateString Quoted(TemplateRun run, object value)
    {
        var writer = new BoundedText(run);
        Write(writer, value);
        return writer.ToText();
    }

    private static void Write(BoundedText writer, object value)
    {
        writer.Run.Enter();
        switch (value)
        {
            case None:
                writer.Append("None");
                break;
            case Undefined:
                writer.Append("Undefined");
                break;
            case bool b:
                writer.Append(b ? "True" : "False");
                break;
            case long n:
                writer.Append(n.ToString(CultureInfo.InvariantCulture));
                break;
            case double d:
                writer.Append(FloatText.Of(d));
                break;
            case TemplateString s:
                WriteString(writer, s);
                break;
            case TemplateList list:
                WriteList(writer, list);
                break;
            case TemplateMap map:
                WriteMap(writer, map);
                break;
            default:
                writer.Append($"<{ValueTypes.Describe(value)}>");
                break;
        }

        writer.Run.Leave();
    }

    private static void WriteList(BoundedText writer, TemplateList list)
    {
        writer.Append(list.IsTuple ? "(" : "[");
        for (int i = 0; i < list.Items.Count; i++)
        {
            if (i > 0)
                writer.Append(", ");
            Write(writer, list.Items[i]);
        }

        if (list.IsTuple && list.Items.Count == 1)
            writer.Append(",");
        writer.Append(list.IsTuple ? ")" : "]");
    }

    private static void WriteMap(BoundedText writer, TemplateMap map)
    {
        writer.Append("{");
        bool isFirst = true;
        foreach ((object key, object value) in map.Entries)
        {
            if (!isFirst)
                writer.Append(", ");
            isFirst = false;
            Write(writer, key);
            writer.Append(": ");
            Write(writer, value);
        }

        writer.Append("}");
    }

    private static void WriteString(BoundedText writer, TemplateString text)
    {
        char quote = text.Text.Contains('\'') && !text.Text.Contains('"') ? '"' : '\'';
        writer.Append(quote);
        foreach ((Range characters, bool isForeign) in text.Runs())
        {
            foreach (char c in text.Text.AsSpan(characters))
                writer.Append(Escape(c, quote), c, isForeign);
        }

        writer.Append(quote);
    }

    private static string? Escape(char c, char quote) => c switch
    {
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        < ' ' or (>= '\x7f' and <= '\xa0') or '\xad' => $"\\x{(int)c:x2}",
        _ when c == quote => $"\\{c}",
        _ => null,
    };
}
