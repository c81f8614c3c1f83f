using Spud.Plugins;

namespace Spud.Host.Repl.Screen;

/// <summary>The screen's connection to the session. Nothing here blocks.</summary>
internal sealed record ScreenLink
{
    /// <summary>Submits a question or a command.</summary>
    public required Action<string> Enter { get; init; }

    /// <summary>Stops the current operation.</summary>
    public required Action Cancel { get; init; }

    /// <summary>Whether an operation is running.</summary>
    public required Func<bool> IsBusy { get; init; }

    /// <summary>Number of operations that wait for the running one.</summary>
    public required Func<int> Waiting { get; init; }

    /// <summary>Completes the line before the caret; returns whole lines.</summary>
    public required Func<string, IReadOnlyList<string>> Complete { get; init; }

    /// <summary>State of the plugins.</summary>
    public required Func<IReadOnlyList<PluginStatus>> Plugins { get; init; }
}
