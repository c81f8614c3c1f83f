namespace Spud.Host.Repl.Commands;

/// <summary>The list of commands as text.</summary>
internal static class CommandHelp
{
    /// <summary>All commands by group, one per line.</summary>
    public static string Overview()
    {
        int width = CommandList.All.Max(command => command.Usage.Length);
        IEnumerable<string> lines = CommandList.All.GroupBy(command => command.Group).OrderBy(group => group.Key)
            .SelectMany(group => group.Select(command => $"  {command.Usage.PadRight(width)}  {command.Help}").Prepend($"{group.Key}"));
        return string.Join('\n', lines.Append("Everything else is a question. /help COMMAND says more; a message that begins with '/' is written with two."));
    }

    /// <summary>The help page of one command.</summary>
    public static string Of(SessionCommand command)
    {
        IEnumerable<string> also = command.Aliases.Count == 0 ? [] : [$"  also: {string.Join(", ", command.Aliases.Select(alias => $"/{alias}"))}"];
        return string.Join('\n', [command.Usage, $"  {command.Help}", .. command.Details.Select(line => $"  {line}"), .. also]);
    }
}
