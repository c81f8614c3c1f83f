using System.CommandLine;
using Spud.Plugins;

namespace Spud.Host;

/// <summary><c>spud probe-plugin DIR</c>: the child process of a probe that may crash. For internal use, so help does not list it.</summary>
internal static class ProbePluginCommand
{
    private const string Name = "probe-plugin";

    /// <summary>How a plugin catalog starts this command.</summary>
    public static ProbeCommand Start
    {
        get
        {
            string process = Environment.ProcessPath ?? throw new InvalidOperationException("The system does not say which program this process runs.");
            // "dotnet Spud.Host.dll" has the assembly as its first argument.
            bool isMuxer = Path.GetFileNameWithoutExtension(process) == "dotnet";
            return new(process, isMuxer ? [Path.Combine(AppContext.BaseDirectory, "Spud.Host.dll"), Name] : [Name]);
        }
    }

    public static Command Create(Shell shell)
    {
        Argument<string> folder = new("folder") { Description = "The plugin's." };
        Command command = new(Name, "Probe one plugin and print the verdict.") { folder };
        command.Hidden = true;
        command.SetAction(parsed => PluginProbe.RunAsChild(parsed.GetRequiredValue(folder), shell.Out));
        return command;
    }
}
