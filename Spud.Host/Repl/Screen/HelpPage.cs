using Spud.Host.Repl.Commands;

namespace Spud.Host.Repl.Screen;

/// <summary>F1: every key and every command.</summary>
internal static class HelpPage
{
    /// <summary>Its rows.</summary>
    /// <param name="keys">The keys of all parts of the screen.</param>
    /// <param name="columns">Width in columns.</param>
    public static List<Line> Rows(IEnumerable<ScreenKey> keys, int columns)
    {
        ScreenKey[] named = [.. keys.Where(key => key.Name.Length > 0)];
        int names = Math.Min(Math.Max(named.Max(key => key.Name.Length), CommandList.All.Max(command => command.Usage.Length)) + 2, Math.Max(12, columns / 2));
        List<Paragraph> rows = [Paragraph.Of("Keys", Ink.Heading)];
        rows.AddRange(named.Select(key => Entry(key.Name, key.Help, names)));
        foreach (IGrouping<CommandGroup, SessionCommand> group in CommandList.All.GroupBy(command => command.Group).OrderBy(group => group.Key))
        {
            rows.Add(Paragraph.Empty);
            rows.Add(Paragraph.Of($"Commands: {group.Key.ToString().ToLowerInvariant()}", Ink.Heading));
            rows.AddRange(group.Select(command => Entry(command.Usage, Help(command), names)));
        }

        rows.Add(Paragraph.Empty);
        rows.Add(Paragraph.Of("Mouse: the wheel scrolls; click tabs, values, completions and the scroll bar. Hold Shift to select text with the terminal's own mouse.", Ink.Dim));
        return Wrapping.Wrap(rows, columns);
    }

    private static string Help(SessionCommand command) =>
        command.Aliases.Count == 0 ? command.Help : $"{command.Help} Also {string.Join(", ", command.Aliases.Select(alias => $"/{alias}"))}.";

    private static Paragraph Entry(string name, string help, int columns)
    {
        string label = Graphemes.Columns(name) < columns ? Graphemes.Exactly(name, columns) : name + "  ";
        return new([new(help)], new(label, Ink.Accent), new(new string(' ', columns)));
    }
}
