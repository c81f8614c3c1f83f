using Spud.Plugins;

namespace Spud.Host.Repl.Screen;

/// <summary>What a screen asks of what is behind it. Nothing here waits.</summary>
internal sealed record ScreenLink
{
    /// <summary>Takes a question or a command.</summary>
    public required Action<string> Enter { get; init; }

    /// <summary>Stops what is being done.</summary>
    public required Action Cancel { get; init; }

    /// <summary>Whether anything is being done.</summary>
    public required Func<bool> IsBusy { get; init; }

    /// <summary>Whole lines that a line before the caret may become.</summary>
    public required Func<string, IReadOnlyList<string>> Complete { get; init; }

    /// <summary>What is known of the plugins.</summary>
    public required Func<IReadOnlyList<PluginStatus>> Plugins { get; init; }
}
