using System.Reflection;
using Spud.Models.Messages;

namespace Spud.Plugins;

/// <summary>A step of loading ended in a state other than active; never leaves the catalog.</summary>
/// <param name="state">What the plugin is now.</param>
/// <param name="reason">What, why, and what to do.</param>
/// <param name="cause">For the log.</param>
internal sealed class PluginException(PluginState state, string reason, Exception? cause = null) : Exception(reason, cause)
{
    public PluginState State => state;

    /// <summary>Something that the plugin's code threw, as one line.</summary>
    public static PluginException Threw(string where, Exception thrown) =>
        new(PluginState.Faulty, $"{where} threw {Describe(thrown)}", thrown);

    /// <summary>"InvalidOperationException: message", of the exception that began it.</summary>
    public static string Describe(Exception thrown)
    {
        // A load that the plugin's context refused says so inside.
        while (thrown is TypeInitializationException or TargetInvocationException or FileNotFoundException or FileLoadException && thrown.InnerException is { } inner)
            thrown = inner;
        string message = ThrownText.Of(thrown).ReplaceLineEndings(" ").Trim();
        return $"{thrown.GetType().Name}: {message}{(message.EndsWith('.') ? "" : ".")}";
    }
}
