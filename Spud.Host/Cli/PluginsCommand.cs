using System.CommandLine;
using Spud.Runtime.Composition;
using Spud.Runtime.Plugins;

namespace Spud.Host;

/// <summary><c>spud plugins</c>: loads every plugin in sight, and says which can be used and why the others cannot.</summary>
internal sealed class PluginsCommand
{
    private readonly Shell _shell;

    private PluginsCommand(Shell shell) => _shell = shell;

    public static Command Create(Shell shell)
    {
        PluginsCommand plugins = new(shell);
        Command command = new("plugins", "List the plugins in sight: which can be used, which not, why, and what to do.") { CreateCheck(plugins) };
        PluginArguments arguments = new(command);
        Option<bool> json = JsonOption(command);
        command.SetAction(parsed =>
        {
            using PluginCatalog catalog = arguments.Catalog(parsed);
            plugins.List(catalog.LoadAll(), arguments.Folders(parsed), parsed.GetValue(json));
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command CreateCheck(PluginsCommand plugins)
    {
        Argument<string> folder = new("DIR") { Description = "The plugin's folder, the one that holds spud-plugin.json." };
        Command command = new("check", "Take one plugin folder through all steps of loading, for its author.") { folder };
        Option<bool> json = JsonOption(command);
        command.SetAction(parsed => plugins.Check(parsed.GetRequiredValue(folder), parsed.GetValue(json)));
        return command;
    }

    private static Option<bool> JsonOption(Command command)
    {
        Option<bool> json = new("--json") { Description = "Print one JSON document." };
        command.Options.Add(json);
        return json;
    }

    private void List(IReadOnlyList<PluginStatus> statuses, IReadOnlyList<string> folders, bool json)
    {
        if (json)
        {
            _shell.WriteJson(new([.. folders], [.. statuses.Select(Result)]), InspectionJson.Readable.PluginsResult);
            return;
        }

        foreach (PluginStatus status in statuses)
        {
            Write(status);
            _shell.Out.WriteLine();
        }

        _shell.Out.WriteLine(statuses.Count == 0 ? "No plugins. Searched:" : "Searched:");
        foreach (string folder in folders)
            _shell.Out.WriteLine($"  {folder}");
    }

    private int Check(string folder, bool json)
    {
        if (!Directory.Exists(folder))
            throw new BadInputException($"there is no folder {Path.GetFullPath(folder)}. Give the one that holds the plugin's {PluginManifest.FileName}.");

        PluginStatus status = PluginCatalog.Check(folder, PluginArguments.CatalogOptions);
        if (json)
            _shell.WriteJson(Result(status), InspectionJson.Readable.PluginResult);
        else
            Write(status);

        return status.State == PluginState.Active ? ExitCodes.Done : ExitCodes.Failed;
    }

    private void Write(PluginStatus status)
    {
        _shell.Out.WriteLine($"{Shown.Text(status.Id)}{(status.Version is null ? "" : $" {status.Version}")}: {Name(status.State)}");
        if (status.Reason is not null)
            WrappedText.Write(_shell.Out, status.Reason, indent: 2);
        foreach (string note in status.Notes)
            WrappedText.Write(_shell.Out, $"note: {note}", indent: 2);
        if (status.Components.Count > 0)
            WrappedText.Write(_shell.Out, string.Join(", ", Components(status).SelectMany(role => role.Value.Select(name => $"{role.Key} '{name}'"))), indent: 2);

        _shell.Out.WriteLine($"  {Shown.Line(status.Folder)}");
    }

    private static PluginResult Result(PluginStatus status) =>
        new(status.Id, status.Version, Name(status.State), status.Reason, [.. status.Notes], Components(status), status.Folder);

    private static SortedDictionary<string, string[]> Components(PluginStatus status) =>
        new(status.Components.ToDictionary(role => role.Key, role => role.Value.ToArray()), Comparer<string>.Create((a, b) => Roles.All.IndexOf(a).CompareTo(Roles.All.IndexOf(b))));

    private static string Name(PluginState state) => state.ToString().ToLowerInvariant();
}
