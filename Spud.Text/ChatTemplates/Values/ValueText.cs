namespace Spud.Text.ChatTemplates;

/// <summary>How a value prints: Python's <c>str()</c> outside, <c>repr()</c> inside of lists and dictionaries.</summary>
internal static class ValueText
{
    public static string Of(TemplateRun run, object value)
    {
        if (value is string text)
            return text;
        var writer = new BoundedText(run);
        if (value is not Undefined)
            Write(writer, value);
        return writer.ToString();
    }

    public static string Quoted(TemplateRun run, object value)
    {
        var writer = new BoundedText(run);
        Write(writer, value);
        return writer.ToString();
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
                writer.Append(n.ToString());
                break;
            case double d:
                writer.Append(FloatText.Of(d));
                break;
            case string s:
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

    private static void WriteString(BoundedText writer, string text)
    {
        char quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        writer.Append(quote);
        foreach (char c in text)
        {
            if (c == quote || c == '\\')
                writer.Append('\\').Append(c);
            else if (c == '\n')
                writer.Append("\\n");
            else if (c == '\r')
                writer.Append("\\r");
            else if (c == '\t')
                writer.Append("\\t");
            else if (c is < ' ' or (>= '\x7f' and <= '\xa0') or '\xad')
                writer.Append($"\\x{(int)c:x2}");
            else
                writer.Append(c);
        }

        writer.Append(quote);
    }
}
