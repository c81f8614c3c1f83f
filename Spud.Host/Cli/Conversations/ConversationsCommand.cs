using System.CommandLine;
using Spud.Host.Repl;
using Spud.Host.Repl.Export;
using Spud.Host.Repl.Storage;
using Spud.Models.Messages;

namespace Spud.Host;

/// <summary><c>spud conversations</c>: manages saved conversations from the command line.</summary>
internal static class ConversationsCommand
{

    public static Command Create(Shell shell) => new("conversations", "List, show, export or delete the conversations that were saved.")
    {
        List(shell),
        Show(shell),
        Export(shell),
        Delete(shell),
    };

    private static Command List(Shell shell)
    {
        Command command = new("list", "List the saved conversations, the last changed first.");
        Option<string?> search = new("--search") { Description = "Those alone whose name, questions or answers contain this.", HelpName = "TEXT" };
        command.Options.Add(search);
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed =>
        {
            using ConversationStore? store = File.Exists(StorePath()) ? Open(shell) : null;
            IReadOnlyList<ConversationEntry> entries = store?.List(parsed.GetValue(search)) ?? [];
            if (parsed.GetValue(json))
                shell.WriteJson([.. entries.Select(entry => new ConversationEntryRecord(entry.Id, entry.Name, entry.Changed, entry.Turns, entry.FirstQuestion))], ExportJson.Readable.ConversationEntryRecordArray);
            else
                shell.Out.Write(ConversationTable.Of(entries));

            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Show(Shell shell)
    {
        Command command = new("show", "Print a conversation.");
        Argument<string> name = Name(command);
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed =>
        {
            using ConversationStore store = Open(shell);
            Conversation conversation = Load(store, parsed.GetValue(name)!);
            if (parsed.GetValue(json))
                shell.WriteJson(ConversationRecord.Of(conversation), ExportJson.Readable.ConversationRecord);
            else
                Print(shell, conversation);

            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Export(Shell shell)
    {
        Command command = new("export", "Write a conversation to a file: .md, .html or .json.");
        Argument<string> name = Name(command);
        Argument<string> file = new("file") { Description = "Its ending says the form." };
        command.Arguments.Add(file);
        command.SetAction(parsed =>
        {
            using ConversationStore store = Open(shell);
            ConversationExport.Write(Load(store, parsed.GetValue(name)!), parsed.GetValue(file)!, shell.Files);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Delete(Shell shell)
    {
        Command command = new("delete", "Delete a conversation with everything that belongs to it.");
        Argument<string> name = Name(command);
        command.SetAction(parsed =>
        {
            using ConversationStore store = Open(shell);
            long id = Id(store, parsed.GetValue(name)!);
            store.Delete(id);
            new SavedPages(DataFolder.Pages(), 0, shell.Say).Delete(id);
            shell.Say($"deleted conversation {id}");
            return ExitCodes.Done;
        });
        return command;
    }

    private static Argument<string> Name(Command command)
    {
        Argument<string> name = new("name") { Description = "Name or number; see 'spud conversations list'." };
        command.Arguments.Add(name);
        return name;
    }

    private static void Print(Shell shell, Conversation conversation)
    {
        foreach (Turn turn in conversation.Turns)
            shell.Out.WriteLine($"> {turn.Question.ReplaceLineEndings("\n> ")}\n\n{turn.Answer.TrimEnd()}\n\n[{turn.Number}. {turn.Pipeline.Summary}]\n");
    }

    private static string StorePath() => DataFolder.Conversations() ?? throw new BadInputException("there is no folder for the user's data, and so no saved conversations. Set HOME or XDG_DATA_HOME.");

    private static ConversationStore Open(Shell shell) => ConversationStore.Open(StorePath(), create: false, shell.Say);

    private static Conversation Load(ConversationStore store, string name) => store.Load(Id(store, name));

    private static long Id(ConversationStore store, string name) => store.Find(name)
        ?? throw new BadInputException($"there is no conversation '{name}'.{Suggestion.Hint(name, store.List().Select(entry => entry.Name).OfType<string>())} 'spud conversations list' lists them.");
}
