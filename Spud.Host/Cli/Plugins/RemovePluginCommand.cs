using System.CommandLine;
using Spud.Models.Messages;
using Spud.Plugins;

namespace Spud.Host;

/// <summary><c>spud plugins remove ID</c>: removes a plugin from the user's folder only.</summary>
internal static class RemovePluginCommand
{
    public static Command Create(Shell shell)
    {
        Argument<string> id = new("ID") { Description = "The plugin's id, as 'spud plugins' lists it." };
        Command command = new("remove", "Remove a plugin from your plugin folder.") { id };
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed =>
        {
            Remove(shell, parsed.GetRequiredValue(id), Places.UserPlugins(), parsed.GetValue(json));
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Remove(Shell shell, string id, string userFolder, bool json)
    {
        PluginStatus plugin = Find(id, userFolder);
        using (UserPlugins plugins = new(userFolder))
            plugins.Remove(plugin.Folder);

        if (json)
            shell.WriteJson(new(plugin.Id, plugin.Version, plugin.Folder), InspectionJson.Readable.PluginRemovedResult);
        else
            shell.Out.WriteLine($"removed {PluginText.Title(plugin)} from {userFolder}");
    }

    private static PluginStatus Find(string id, string userFolder)
    {
        IReadOnlyList<PluginStatus> installed = Directory.Exists(userFolder) ? In(userFolder) : [];
        if (installed.FirstOrDefault(plugin => plugin.Id == id || Path.GetFileName(plugin.Folder) == id) is { } found)
            return found;
        if (Places.PluginFolders([]).SelectMany(In).FirstOrDefault(plugin => plugin.Id == id) is { } elsewhere)
            throw new BadInputException($"plugin '{id}' is in {elsewhere.Folder}, which is not your plugin folder ({userFolder}); nothing is removed from there.");

        string known = installed.Count == 0 ? "Nothing is installed there." : $"Installed: {string.Join(", ", installed.Select(plugin => plugin.Id))}.";
        throw new BadInputException($"no plugin '{id}' in {userFolder}. {known}{Suggestion.Hint(id, installed.Select(plugin => plugin.Id))}");
    }

    private static IReadOnlyList<PluginStatus> In(string folder)
    {
        using PluginCatalog catalog = PluginCatalog.Discover(folder);
        return catalog.Statuses;
    }
}
