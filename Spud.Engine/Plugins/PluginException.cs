using System.Reflection;
using Spud.Models.Messages;

namespace Spud.Plugins;

/// <summary>A step of loading ended in a state other than active; never thrown by the catalog.</summary>
/// <param name="state">The plugin's new state.</param>
/// <param name="reason">What happened, why, and what to do.</param>
/// <param name="cause">The cause, for the log.</param>
internal sealed class PluginException(PluginState state, string reason, Exception? cause = null) : Exception(reason, cause)
{
    public PluginState State => state;

    /// <summary>An exception thrown by the plugin's code, as one line.</summary>
    public static PluginException Threw(string where, Exception thrown) =>
        new(PluginState.Faulty, $"{where} threw {Describe(thrown)}", thrown);

    /// <summary>"InvalidOperationException: message", for the original exception.</summary>
    public static string Describe(Exception thrown)
    {
        // A load rejected by the plugin's context is reported by an inner exception.
        while (thrown is TypeInitializationException or TargetInvocationException or FileNotFoundException or FileLoadException && thrown.InnerException is { } inner)
            thrown = inner;
        string message = ThrownText.Of(thrown).ReplaceLineEndings(" ").Trim();
        return $"{thrown.GetType().Name}: {message}{(message.EndsWith('.') ? "" : ".")}";
    }
}
