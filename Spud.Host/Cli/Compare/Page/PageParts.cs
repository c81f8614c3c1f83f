using System.Reflection;
using System.Xml.Linq;
using static Spud.Host.Html;

namespace Spud.Host;

/// <summary>The parts of pages with figures: cards with a title, a note and content, on one template.</summary>
internal static class PageParts
{
    /// <summary>The content of a self-contained HTML file.</summary>
    public static byte[] Write(string title, IEnumerable<XElement> header, IEnumerable<XElement> sections)
    {
        using Stream template = Assembly.GetExecutingAssembly().GetManifestResourceStream("page.html")!;
        XElement page = XElement.Load(template, LoadOptions.PreserveWhitespace);
        page.Descendants("title").First().ReplaceWith(Element("title", title));
        Fill(page, "header", header);
        Fill(page, "sections", sections);
        return Document(page);
    }

    public static XElement Card(string title, string? note, params XElement[] content) =>
        Element("section", Element("h2", title), note is null ? null : Element("p", With("class", "note"), note), content);

    /// <summary>A card over the whole width.</summary>
    public static XElement Wide(string title, string? note, params XElement[] content)
    {
        XElement card = Card(title, note, content);
        card.Add(With("class", "wide"));
        return card;
    }

    public static XElement Figure(XElement svg) => Element("figure", svg);

    public static XElement Key(params (string Style, string Name)[] entries) =>
        Element("ul", With("class", "legend"), entries.Select(entry => Element("li", Element("span", With("class", entry.Style)), entry.Name)));

    private static void Fill(XElement page, string slot, IEnumerable<XElement> content) =>
        page.Descendants("slot").Single(element => (string?)element.Attribute("name") == slot).ReplaceWith(content);
}
