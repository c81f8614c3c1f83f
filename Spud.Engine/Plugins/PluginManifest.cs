using System.Collections.Frozen;
using System.Collections.Immutable;
using Spud.Configuration;

namespace Spud.Plugins;

/// <summary>The description of a plugin in <c>spud-plugin.json</c>, read without loading any of its code.</summary>
public sealed class PluginManifest
{
    /// <summary>File name of the manifest in a plugin folder.</summary>
    public const string FileName = "spud-plugin.json";

    internal PluginManifest()
    {
    }

    /// <summary>Unique id among the plugins of a host: "backend.cpu".</summary>
    public required string Id { get; init; }

    /// <summary>Semantic version.</summary>
    public required string Version { get; init; }

    /// <summary>Versions of the contract for which the plugin was made.</summary>
    public required ContractRange Contract { get; init; }

    /// <summary>File next to the manifest that contains <see cref="EntryType"/>.</summary>
    public required string EntryAssembly { get; init; }

    /// <summary>Full name of the plugin class.</summary>
    public required string EntryType { get; init; }

    /// <summary>Names of the offered components by role; roles without any are absent.</summary>
    public required FrozenDictionary<string, ImmutableArray<string>> Components { get; init; }

    /// <summary>Native libraries that must be found before the plugin is probed.</summary>
    public required ImmutableArray<string> NativeLibraries { get; init; }

    /// <summary>Whether the probe must run in a child process.</summary>
    public required bool ProbeMayCrash { get; init; }

    /// <summary>The command that installs what the plugin needs; null if it needs nothing, or its probe says so.</summary>
    public required string? Setup { get; init; }

    /// <summary>Reads the manifest of a plugin folder.</summary>
    /// <param name="path">The file <c>spud-plugin.json</c>.</param>
    /// <exception cref="ConfigurationException">The file cannot be read or is not a manifest; contains all faults.</exception>
    public static PluginManifest Load(string path)
    {
        FaultList faults = new();
        PluginManifest? manifest = ConfigFile.Load(path, faults) is { } tree ? ManifestReader.Read(tree, faults) : null;
        faults.ThrowIfAny();
        return manifest!;
    }
}
