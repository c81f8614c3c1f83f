using Spud.Conformance.Discovery;
using Spud.Plugins;

namespace Spud.Conformance;

/// <summary>
/// What every plugin is held to. Derive one public, sealed class with a parameterless constructor in the plugin's test project and say
/// where the built plugin lies; each component that it registers then runs the suites of its role.
/// <code>
/// public sealed class BestRouterContract : PluginContract
/// {
///     protected override string PluginFolder => FindAbove("src/bin/{configuration}/{framework}");
/// }
/// </code>
/// </summary>
public abstract partial class PluginContract
{
    /// <summary>Full path of the built plugin: the folder that holds <c>spud-plugin.json</c>.</summary>
    protected abstract string PluginFolder { get; }

    /// <summary>Configurations to test in addition to the default ones, wider tolerances with their reasons, and reasons to skip.</summary>
    protected virtual IEnumerable<Variant> Variants => [];

    /// <summary>
    /// Why nothing of the plugin can be tested on this machine: every test is shown as skipped. Null: it can. A plugin whose own probe says no
    /// is skipped with the probe's reason; there is no need to say it here.
    /// </summary>
    protected virtual string? SkipReason => null;

    /// <summary>
    /// How to run the probe of a plugin whose manifest says that it may crash. Null: in the test process, where a crash is an answer too.
    /// </summary>
    protected virtual ProbeCommand? ProbeCommand => null;

    /// <summary>
    /// Finds a folder below the test program's folder or one above it. <c>{configuration}</c> and <c>{framework}</c> stand for the last two
    /// parts of the test program's folder (<c>bin/Release/net10.0</c>).
    /// </summary>
    /// <param name="relative">Such as <c>src/MyPlugin/bin/{configuration}/{framework}</c>.</param>
    /// <returns>The full path; if the folder does not exist, the relative path, so that the message names it.</returns>
    protected static string FindAbove(string relative)
    {
        ArgumentNullException.ThrowIfNull(relative);
        DirectoryInfo output = new(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string filled = relative.Replace("{framework}", output.Name).Replace("{configuration}", output.Parent?.Name ?? "");
        for (DirectoryInfo? folder = output; folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, filled);
            if (Directory.Exists(path))
                return path;
        }

        return filled;
    }

    /// <summary>What the author says.</summary>
    internal ContractSettings Settings => new(PluginFolder, [.. Variants], SkipReason, ProbeCommand);

    /// <summary>What the suites run over; loaded once for all tests of a class.</summary>
    internal PluginUnderTest Plugin => PluginUnderTest.Of(GetType());
}
