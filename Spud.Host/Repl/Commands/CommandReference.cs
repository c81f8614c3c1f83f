using System.Globalization;
using System.Text;

namespace Spud.Host.Repl.Commands;

/// <summary>The list of commands as a section of a Markdown document.</summary>
internal static class CommandReference
{
    /// <summary>A table for each group, followed by the examples of its commands.</summary>
    public static string Markdown()
    {
        StringBuilder text = new();
        foreach (IGrouping<CommandGroup, SessionCommand> group in CommandList.All.GroupBy(command => command.Group).OrderBy(group => group.Key))
        {
            text.Append(CultureInfo.InvariantCulture, $"### {group.Key}\n\n| command | does |\n|---|---|\n");
            foreach (SessionCommand command in group)
                text.Append(CultureInfo.InvariantCulture, $"| `{Escaped(command.Usage)}`{Also(command)} | {Escaped(string.Join(' ', command.Details.Where(line => !IsExample(line)).Prepend(command.Help)))} |\n");

            text.Append('\n');
            string[] examples = [.. group.SelectMany(command => command.Details).Where(IsExample)];
            if (examples.Length > 0)
                text.Append(CultureInfo.InvariantCulture, $"```\n{string.Join('\n', examples)}\n```\n\n");
        }

        return text.ToString();
    }

    private static bool IsExample(string line) => line.StartsWith('/');

    private static string Also(SessionCommand command) => command.Aliases.Count == 0 ? "" : $", {string.Join(", ", command.Aliases.Select(alias => $"`/{alias}`"))}";

    // An unescaped bar would end the cell.
    private static string Escaped(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
