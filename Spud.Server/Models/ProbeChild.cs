using Spud.Plugins;

namespace Spud.Server.Models;

/// <summary>The probe of a plugin that may crash: this program, started once more.</summary>
internal static class ProbeChild
{
    private const string Verb = "probe-plugin";

    /// <summary>How it is started.</summary>
    public static ProbeCommand Command
    {
        get
        {
            string process = Environment.ProcessPath ?? throw new InvalidOperationException("The system does not say which program this process runs.");
            // "dotnet Spud.Server.dll" has the assembly as its first argument.
            bool isMuxer = Path.GetFileNameWithoutExtension(process) == "dotnet";
            return new(process, isMuxer ? [Path.Combine(AppContext.BaseDirectory, "Spud.Server.dll"), Verb] : [Verb]);
        }
    }

    /// <summary>The exit code, if the program was started as such a child; else null.</summary>
    public static int? RunIfAsked(string[] arguments) => arguments is [Verb, var folder] ? PluginProbe.RunAsChild(folder, Console.Out) : null;
}
