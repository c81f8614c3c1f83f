using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Spud.Host;

/// <summary>
/// HTML and SVG elements. Everything is built as a tree and written by the framework's XML writer, so that user text cannot become
/// markup.
/// </summary>
internal static class Html
{
    /// <summary>An element: attributes, text and children in any order. An empty one still gets an end tag, as required by HTML.</summary>
    public static XElement Element(string name, params object?[] content) => new(name, [.. content.Select(Clean), ""]);

    /// <summary>An attribute.</summary>
    public static XAttribute With(string name, object value) => new(name, Clean(value)!);

    /// <summary>A number with a decimal point, rounded to the precision of a picture.</summary>
    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Writes a whole document.</summary>
    public static byte[] Document(XElement root)
    {
        StringBuilder text = new("<!DOCTYPE html>\n");
        using (XmlWriter writer = XmlWriter.Create(text, new() { OmitXmlDeclaration = true, Encoding = Encoding.UTF8 }))
            root.WriteTo(writer);

        return Encoding.UTF8.GetBytes(text.Append('\n').ToString());
    }

    // Control characters and unpaired surrogates are not allowed in a document, but may be in a file name; runes are never unpaired.
    private static object? Clean(object? content)
    {
        if (content is not string text)
            return content;

        StringWriter clean = new();
        foreach (Rune rune in text.EnumerateRunes())
            SafeText.Write(clean, rune.Value is '\uFFFE' or '\uFFFF' ? "\uFFFD" : rune.ToString());

        return clean.ToString();
    }
}
