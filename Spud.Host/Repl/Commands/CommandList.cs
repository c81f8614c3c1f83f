using Spud.Models.Messages;

namespace Spud.Host.Repl.Commands;

/// <summary>All commands. To add one, write its file and add a line here.</summary>
internal static class CommandList
{
    /// <summary>By group, in the order in which help lists them.</summary>
    public static IReadOnlyList<SessionCommand> All { get; } =
    [
        ClearCommand.Command,
        RetryCommand.Command,
        UndoCommand.Command,
        EditCommand.Command,
        BranchCommand.Command,
        SystemCommand.Command,
        FormatCommand.Command,
        SaveCommand.Command,
        LoadCommand.Command,
        ListCommand.Command,
        SearchCommand.Command,
        SetCommand.Command,
        UseCommand.Command,
        ModelCommand.Command,
        PipelineCommand.Command,
        PluginsCommand.Command,
        ReloadCommand.Command,
        ShowCommand.Command,
        WhyCommand.Command,
        ReplayCommand.Command,
        AbCommand.Command,
        ExportCommand.Command,
        BudgetCommand.Command,
        EffortCommand.Command,
        PreferCommand.Command,
        PriceCommand.Command,
        HelpCommand.Command,
        QuitCommand.Command,
    ];

    /// <summary>All names and aliases.</summary>
    public static IEnumerable<string> Names => All.SelectMany(command => command.Aliases.Prepend(command.Name));

    /// <summary>Finds a command by name or alias, ignoring case; null if there is none.</summary>
    public static SessionCommand? Find(string name) =>
        All.FirstOrDefault(command => command.Aliases.Prepend(command.Name).Contains(name, StringComparer.OrdinalIgnoreCase));

    /// <summary>The message for an unknown command.</summary>
    public static string Unknown(string name) =>
        $"unknown command '/{name}'.{(Suggestion.For(name, Names) is { } near ? $" Did you mean /{near}?" : "")} /help lists all commands. To send it as a message, write //{name}.";
}
