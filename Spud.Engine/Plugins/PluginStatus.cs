using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Spud.Plugins;

/// <summary>Status of one plugin folder.</summary>
public sealed record PluginStatus
{
    /// <summary>The manifest's id; the folder's name if the manifest cannot be read.</summary>
    public required string Id { get; init; }

    /// <summary>The manifest's version; null if the manifest cannot be read.</summary>
    public required string? Version { get; init; }

    /// <summary>Full path of the plugin's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>State of the plugin.</summary>
    public required PluginState State { get; init; }

    /// <summary>What is wrong, why, and what to do; null if it is active or not loaded yet. Several lines for a malformed manifest.</summary>
    public required string? Reason { get; init; }

    /// <summary>Harmless problems that should be fixed.</summary>
    public required ImmutableArray<string> Notes { get; init; }

    /// <summary>Names of the offered components by role.</summary>
    public required FrozenDictionary<string, ImmutableArray<string>> Components { get; init; }

    /// <summary>The exception behind the reason, for a log; null if none.</summary>
    public Exception? Cause { get; init; }

    /// <summary>"backend.cpu: unavailable: why".</summary>
    public override string ToString() => $"{Id}: {State.ToString().ToLowerInvariant()}{(Reason is null ? "" : $": {Reason}")}";
}
