using System.CommandLine;
using Spud.Plugins;

namespace Spud.Host;

/// <summary><c>spud plugins</c>: loads every plugin found, and says which can be used and why the others cannot.</summary>
internal static class PluginsCommand
{
    public static Command Create(Shell shell)
    {
        Command command = new("plugins", "List the plugins that were found, whether each can be used, and if not, why and what to do.")
        {
            CheckPluginCommand.Create(shell),
            AddPluginCommand.Create(shell),
            RemovePluginCommand.Create(shell),
        };
        PluginArguments arguments = new(command, shell);
        Option<bool> json = JsonOption(command);
        command.SetAction(parsed =>
        {
            using PluginCatalog catalog = arguments.Catalog(parsed);
            List(shell, catalog.LoadAll(), arguments.Folders(parsed), parsed.GetValue(json));
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>Adds <c>--json</c> to a command.</summary>
    public static Option<bool> JsonOption(Command command)
    {
        Option<bool> json = new("--json") { Description = "Print one JSON document." };
        command.Options.Add(json);
        return json;
    }

    private static void List(Shell shell, IReadOnlyList<PluginStatus> statuses, IReadOnlyList<string> folders, bool json)
    {
        if (json)
        {
            shell.WriteJson(new([.. folders], [.. statuses.Select(PluginText.Result)]), InspectionJson.Readable.PluginsResult);
            return;
        }

        foreach (PluginStatus status in statuses)
        {
            PluginText.Write(shell.Out, status);
            shell.Out.WriteLine();
        }

        shell.Out.WriteLine(statuses.Count == 0 ? "No plugins. Searched:" : "Searched:");
        foreach (string folder in folders)
            shell.Out.WriteLine($"  {folder}");
    }
}
