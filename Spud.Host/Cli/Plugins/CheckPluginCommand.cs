using System.CommandLine;
using Spud.Plugins;

namespace Spud.Host;

/// <summary><c>spud plugins check DIR|NUPKG</c>: for plugin authors.</summary>
internal static class CheckPluginCommand
{
    public static Command Create(Shell shell)
    {
        Argument<string> source = PluginSource.Argument();
        Command command = new("check", "Take one plugin through all steps of loading (for plugin authors).") { source };
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed => Check(shell, PluginSource.Of(parsed.GetRequiredValue(source)), parsed.GetValue(json)));
        return command;
    }

    private static int Check(Shell shell, PluginSource source, bool json)
    {
        PluginStatus status = ComponentClash.Noted(source.IsFolder ? PluginCatalog.Check(source.Path, PluginArguments.CatalogOptions) : CheckUnpacked(source));
        if (json)
            shell.WriteJson(PluginText.Result(status), InspectionJson.Readable.PluginResult);
        else
            PluginText.Write(shell.Out, status);

        return status.State == PluginState.Active ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static PluginStatus CheckUnpacked(PluginSource package)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("spud-package-");
        try
        {
            package.CopyTo(folder.FullName, CancellationToken.None);
            PluginStatus status = UserPlugins.CheckMovable(folder.FullName);
            return status with { Folder = package.Path, Reason = status.Reason?.Replace(folder.FullName, package.Path, StringComparison.Ordinal) };
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
