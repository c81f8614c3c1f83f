using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Spud.Text.ChatTemplates;

/// <summary>Prints a value: like Python's <c>str()</c> at the top level, <c>repr()</c> inside lists and dictionaries.</summary>
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
            case BigInteger n:
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
            WriteEscaped(writer, text.Text.AsSpan(characters), quote, isForeign);

        writer.Append(quote);
    }

    private static void WriteEscaped(BoundedText writer, ReadOnlySpan<char> characters, char quote, bool isForeign)
    {
        while (!characters.IsEmpty)
        {
            bool isValid = Rune.DecodeFromUtf16(characters, out Rune rune, out int length) == OperationStatus.Done;
            writer.Append(isValid ? Escape(rune, quote) : $"\\u{(int)characters[0]:x4}", characters[..length], isForeign);
            characters = characters[length..];
        }
    }

    private static string? Escape(Rune rune, char quote) => rune.Value switch
    {
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        ' ' => null,
        int c when c == quote => $"\\{quote}",
        int c when IsPrintable(rune) => null,
        <= 0xff and int c => $"\\x{c:x2}",
        <= 0xffff and int c => $"\\u{c:x4}",
        int c => $"\\U{c:x8}",
    };

    // As in Python: neither separators nor control, format, private or unassigned characters.
    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}
