using Spud.Models.Messages;

namespace Spud.Host.Repl.Commands;

/// <summary>All commands; a new one is a file and a line here.</summary>
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
        PriceCommand.Command,
        HelpCommand.Command,
        QuitCommand.Command,
    ];

    /// <summary>Every name that a command answers to.</summary>
    public static IEnumerable<string> Names => All.SelectMany(command => command.Aliases.Prepend(command.Name));

    /// <summary>The command of a name or alias, in any case; null: there is none.</summary>
    public static SessionCommand? Find(string name) =>
        All.FirstOrDefault(command => command.Aliases.Prepend(command.Name).Contains(name, StringComparer.OrdinalIgnoreCase));

    /// <summary>What to say of a name that no command has.</summary>
    public static string Unknown(string name) =>
        $"unknown command '/{name}'.{(Suggestion.For(name, Names) is { } near ? $" Did you mean /{near}?" : "")} /help lists all commands. To send it as a message, write //{name}.";
}
