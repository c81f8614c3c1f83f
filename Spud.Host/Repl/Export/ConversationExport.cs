using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;

namespace Spud.Host.Repl.Export;

/// <summary>Conversations as documents.</summary>
internal static class ConversationExport
{
    private const string Style = "body{font:16px/1.5 sans-serif;max-width:46em;margin:2em auto;padding:0 1em;color-scheme:light dark}.q{font-weight:bold;white-space:pre-wrap}.a{white-space:pre-wrap}.r{white-space:pre-wrap;opacity:.7}small{opacity:.7}";

    private static readonly string[] s_extensions = [".md", ".html", ".json"];

    /// <summary>The format implied by a file's name.</summary>
    /// <exception cref="BadInputException">The extension is not a known format.</exception>
    public static Func<Conversation, byte[]> FormOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".md" => Markdown,
        ".html" => Page,
        ".json" => Json,
        string other => throw new BadInputException($"{path}: expected a name that ends in {string.Join(", ", s_extensions)}, got '{SafeText.Of(other)}'."),
    };

    /// <summary>Writes a conversation to a file.</summary>
    /// <exception cref="BadInputException">The extension is not a known format, or the file cannot be written.</exception>
    /// <exception cref="IOException">The disk is full or unavailable.</exception>
    public static void Write(Conversation conversation, string path, CommandFiles files)
    {
        byte[] document = FormOf(path)(conversation);
        using OutputFile file = files.Create(path);
        file.Write(document);
        file.Complete();
    }

    /// <summary>Everything, as JSON.</summary>
    public static byte[] Json(Conversation conversation) =>
        JsonSerializer.SerializeToUtf8Bytes(ConversationRecord.Of(conversation), ExportJson.Readable.ConversationRecord);

    /// <summary>Markdown. Answers are Markdown already; questions are quoted.</summary>
    public static byte[] Markdown(Conversation conversation)
    {
        StringBuilder text = new($"# {Title(conversation)}\n");
        if (conversation.System is { } system)
            text.Append(CultureInfo.InvariantCulture, $"\n*{OneLine(system)}*\n");
        foreach (Turn turn in conversation.Turns)
            text.Append(CultureInfo.InvariantCulture, $"\n> {turn.Question.ReplaceLineEndings("\n> ")}\n\n{turn.Answer.TrimEnd()}\n\n<sub>{turn.Number}. {Escaped(Bill(turn))}</sub>\n");

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>A self-contained HTML page.</summary>
    public static byte[] Page(Conversation conversation)
    {
        object head = Html.Element("head", Html.Element("meta", Html.With("charset", "utf-8")), Html.Element("title", Title(conversation)), Html.Element("style", Style));
        IEnumerable<XElement> turns = conversation.Turns.SelectMany(turn => new[]
        {
            Html.Element("p", Html.With("class", "q"), turn.Question),
            turn.Reasoning is { } reasoning ? Html.Element("p", Html.With("class", "r"), reasoning) : null,
            Html.Element("p", Html.With("class", "a"), turn.Answer),
            Html.Element("p", Html.Element("small", $"{turn.Number}. {Bill(turn)}")),
        }).OfType<XElement>();
        object[] body = [Html.Element("h1", Title(conversation)), .. conversation.System is { } system ? [Html.Element("p", Html.Element("em", system))] : Array.Empty<XElement>(), .. turns];
        return Html.Document(Html.Element("html", Html.With("lang", "en"), head, Html.Element("body", body)));
    }

    private static string Title(Conversation conversation) => OneLine(conversation.Name ?? (conversation.Turns is [{ } first, ..] ? first.Question : "Conversation"));

    private static string Bill(Turn turn) =>
        $"{turn.Pipeline.Summary}; prompt {turn.PromptTokens} tokens, answer {turn.GeneratedTokens}{(turn.Receipt is { } receipt ? $", {Units.Compute(receipt.ComputeUnits)}" : "")}";

    private static string OneLine(string text) => SafeText.Line(text);

    private static string Escaped(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
