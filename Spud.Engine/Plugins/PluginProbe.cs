using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spud.Plugins;

/// <summary>Checks whether a plugin can run on this machine.</summary>
public static class PluginProbe
{
    /// <summary>Prefix of the line of the child's output with its verdict; the plugin's own output is on other lines.</summary>
    internal const string VerdictPrefix = "spud-probe-verdict: ";

    /// <summary>
    /// The child's side of a probe that may crash: loads and probes the plugin in this process and writes the verdict to standard output
    /// for the catalog that started it (<see cref="ProbeCommand"/>).
    /// </summary>
    /// <param name="folder">The plugin's folder.</param>
    /// <param name="output">Standard output, if this process has redirected it; null for the console's.</param>
    /// <returns>The exit code: 0, regardless of the verdict.</returns>
    public static int RunAsChild(string folder, TextWriter? output = null)
    {
        ProbeVerdict verdict = Judge(folder);
        output ??= Console.Out;
        output.Write('\n'); // the plugin may have left an unfinished line
        output.WriteLine(VerdictPrefix + JsonSerializer.Serialize(verdict, VerdictJson.Default.ProbeVerdict));
        output.Flush();
        return 0;
    }

    /// <exception cref="PluginException">The plugin cannot run here, threw, or did not answer in time.</exception>
    internal static void Run(ISpudPlugin plugin, PluginManifest manifest, TimeSpan timeout)
    {
        string? reason = PluginCall.Run($"{manifest.EntryType}.Probe", timeout, plugin.Probe);
        if (reason is not null)
            throw new PluginException(PluginState.Unavailable, string.IsNullOrWhiteSpace(reason) ? "its probe failed without a reason. Ask its author." : reason);
    }

    private static ProbeVerdict Judge(string folder)
    {
        PluginFolder plugin = PluginFolder.Discover(folder);
        if (plugin.State != PluginState.Discovered)
            return new ProbeVerdict { State = plugin.State, Reason = plugin.Reason };
        try
        {
            PluginLoader.Probe(plugin.Path, plugin.Manifest!, new PluginCatalogOptions().CallTimeout);
            return new ProbeVerdict { State = PluginState.Active };
        }
        catch (PluginException failed)
        {
            return new ProbeVerdict { State = failed.State, Reason = failed.Message };
        }
    }
}

/// <summary>Verdict of a child process.</summary>
internal sealed class ProbeVerdict
{
    /// <summary>Active if the probe succeeded.</summary>
    public PluginState State { get; set; }

    /// <summary>The reason for any other state.</summary>
    public string? Reason { get; set; }
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(ProbeVerdict))]
internal sealed partial class VerdictJson : JsonSerializerContext;
