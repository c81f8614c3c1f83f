namespace Spud.Plugins;

/// <summary>Settings of a plugin catalog.</summary>
public sealed class PluginCatalogOptions
{
    /// <summary>
    /// Time limit for each of a plugin's constructor, probe and <see cref="ISpudPlugin.Register"/>, after which the plugin is reported as
    /// faulty; 10 seconds.
    /// </summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How to start the child process of a plugin whose probe may crash; without it such plugins are unavailable.</summary>
    public ProbeCommand? ProbeCommand { get; init; }

    /// <summary>
    /// Whether <see cref="PluginCatalog.Reload"/> may be called. Plugins are then run from a copy of their folder, so that its files can
    /// be replaced, and as collectible code, which is slower: no performance is measured in this mode.
    /// </summary>
    public bool Reloadable { get; init; }

    /// <summary>Whether probes that may crash run in this process anyway: for a test program, whose crash is also a result.</summary>
    public bool ProbesInProcess { get; init; }
}
