using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spud.Plugins;

/// <summary>Asks a plugin whether it can run on this machine.</summary>
public static class PluginProbe
{
    /// <summary>Begins the line of the child's output that holds its verdict; what a plugin prints stands on other lines.</summary>
    internal const string VerdictPrefix = "spud-probe-verdict: ";

    /// <summary>
    /// The child's side of a probe that may crash: loads and probes the plugin in this process and writes the verdict to standard output
    /// for the catalog that started it (<see cref="ProbeCommand"/>).
    /// </summary>
    /// <param name="folder">The plugin's.</param>
    /// <returns>The exit code: 0, whatever the verdict.</returns>
    public static int RunAsChild(string folder)
    {
        ProbeVerdict verdict = Judge(folder);
        Console.Out.Flush();
        using Stream output = Console.OpenStandardOutput();
        output.Write("\n"u8); // the plugin may have left a line unfinished
        output.Write([.. System.Text.Encoding.UTF8.GetBytes(VerdictPrefix), .. JsonSerializer.SerializeToUtf8Bytes(verdict, VerdictJson.Default.ProbeVerdict), .. "\n"u8]);
        return 0;
    }

    /// <summary>Probes on a thread of its own, which is left behind if it hangs.</summary>
    /// <exception cref="PluginException">It cannot run here, threw, or did not answer in time.</exception>
    internal static void Run(ISpudPlugin plugin, PluginManifest manifest, TimeSpan timeout)
    {
        string? reason = null;
        Exception? thrown = null;
        Thread thread = new(() =>
        {
            try
            {
                reason = plugin.Probe();
            }
            catch (Exception fault)
            {
                thrown = fault;
            }
        })
        {
            IsBackground = true,
            Name = $"probe of {manifest.Id}",
        };
        thread.Start();
        if (!thread.Join(timeout))
            throw Hangs(timeout);
        if (thrown is not null)
            throw PluginException.Threw($"{manifest.EntryType}.Probe", thrown);
        if (reason is not null)
            throw new PluginException(PluginState.Unavailable, string.IsNullOrWhiteSpace(reason) ? "its probe says no and gives no reason. Ask its author." : reason);
    }

    internal static PluginException Hangs(TimeSpan timeout) => new(
        PluginState.Faulty,
        $"its probe did not answer within {timeout.TotalSeconds:0.###} s. Try again when the device is free; if it keeps hanging, remove the plugin or tell its author.");

    private static ProbeVerdict Judge(string folder)
    {
        PluginFolder plugin = PluginFolder.Discover(folder);
        if (plugin.State != PluginState.Discovered)
            return new ProbeVerdict { State = plugin.State, Reason = plugin.Reason };
        try
        {
            PluginLoader.Probe(plugin.Path, plugin.Manifest!, new PluginCatalogOptions().ProbeTimeout);
            return new ProbeVerdict { State = PluginState.Active };
        }
        catch (PluginException failed)
        {
            return new ProbeVerdict { State = failed.State, Reason = failed.Message };
        }
    }
}

/// <summary>What a child found out.</summary>
internal sealed class ProbeVerdict
{
    /// <summary>Active if the probe says yes.</summary>
    public PluginState State { get; set; }

    /// <summary>For any other state.</summary>
    public string? Reason { get; set; }
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(ProbeVerdict))]
internal sealed partial class VerdictJson : JsonSerializerContext;
