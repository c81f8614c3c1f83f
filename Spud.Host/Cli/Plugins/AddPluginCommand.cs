using System.CommandLine;
using Spud.Plugins;

namespace Spud.Host;

/// <summary><c>spud plugins add DIR|NUPKG</c>: copies a plugin into the user's folder, after all loading steps have succeeded.</summary>
internal sealed class AddPluginCommand
{
    private readonly Shell _shell;
    private readonly bool _force;
    private readonly bool _json;

    private AddPluginCommand(Shell shell, bool force, bool json) => (_shell, _force, _json) = (shell, force, json);

    public static Command Create(Shell shell)
    {
        Argument<string> source = PluginSource.Argument();
        Option<bool> force = new("--force") { Description = "Replace the installed version." };
        Command command = new("add", "Install a plugin: check it and copy it into your plugin folder.") { source, force };
        Option<bool> json = PluginsCommand.JsonOption(command);
        command.SetAction(parsed =>
        {
            AddPluginCommand add = new(shell, parsed.GetValue(force), parsed.GetValue(json));
            add.Run(PluginSource.Of(parsed.GetRequiredValue(source)), Places.UserPlugins());
            return ExitCodes.Done;
        });
        return command;
    }

    private void Run(PluginSource source, string userFolder)
    {
        _shell.Say("note: a plugin is full-trust code: it can do everything you can, even while it is being checked. Add only what you trust.");
        using Interrupts.Section section = _shell.Interrupts.Begin();
        using UserPlugins plugins = new(userFolder);
        string staged = plugins.NewStage();
        try
        {
            source.CopyTo(staged, section.Token);
            PluginStatus status = UserPlugins.CheckMovable(staged);
            Require(status with { Reason = status.Reason?.Replace(staged, source.Path, StringComparison.Ordinal) }, source);
            section.Token.ThrowIfCancellationRequested();
            Install(plugins, staged, status);
        }
        finally
        {
            UserPlugins.Discard(staged);
        }
    }

    private void Install(UserPlugins plugins, string staged, PluginStatus status)
    {
        string target = plugins.FolderOf(status.Id);
        RefuseElsewhere(status.Id, target);
        string? before = plugins.VersionOf(status.Id);
        if (before is not null && !_force)
            throw new BadInputException($"plugin '{status.Id}' {before} is installed in {target}. Use --force to replace it with {status.Version}.");

        plugins.Install(staged, status.Id);
        Report(ComponentClash.Noted(status) with { Folder = target, Reason = status.Reason?.Replace(staged, target, StringComparison.Ordinal) }, before);
    }

    private void Report(PluginStatus status, string? before)
    {
        if (_json)
        {
            _shell.WriteJson(new(PluginText.Result(status), before), InspectionJson.Readable.PluginAddedResult);
            return;
        }

        _shell.Out.Write(before is null ? "added " : $"replaced {before} by ");
        PluginText.Write(_shell.Out, status);
    }

    /// <summary>Refuses a plugin that cannot be loaded; one that only lacks something on this machine is installed, and its reason says so.</summary>
    private static void Require(PluginStatus status, PluginSource source)
    {
        if (status.State is not (PluginState.Active or PluginState.Unavailable))
            throw new BadInputException($"{source.Path}: not installed, plugin {status}");
    }

    // The first folder wins: the plugin would never be used, or would silently replace another.
    private static void RefuseElsewhere(string id, string target)
    {
        using PluginCatalog catalog = PluginCatalog.Discover(Places.PluginFolders([]));
        if (catalog.Statuses.FirstOrDefault(other => other.Id == id && other.Folder != target) is { } other)
            throw new BadInputException($"a plugin '{id}' is already in {other.Folder}. Give this one another id, or remove that folder.");
    }
}
