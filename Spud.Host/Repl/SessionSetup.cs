using Spud.Plugins;
using Spud.Text.ChatTemplates;

namespace Spud.Host.Repl;

/// <summary>Initial state of a session.</summary>
internal sealed record SessionSetup
{
    /// <summary>The plugins; disposed by the caller, after the session.</summary>
    public required PluginCatalog Plugins { get; init; }

    /// <summary>Source of the first pipeline.</summary>
    public PipelineSource Source { get; init; } = PipelineSource.Default;

    /// <summary>Number of compute threads.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Settings of the first turns.</summary>
    public TurnSettings Settings { get; init; } = new();

    /// <summary>The system text; null for the model's default.</summary>
    public string? System { get; init; }

    /// <summary>Chat template that replaces the models' own; null to use theirs.</summary>
    public ChatTemplate? Template { get; init; }

    /// <summary>Files that the program reads and writes, and that no output may replace.</summary>
    public CommandFiles Files { get; init; } = new();

    /// <summary>The database of saved conversations; null to save nothing.</summary>
    public string? Store { get; init; }

    /// <summary>The folder of the keys and values of saved conversations; null to save none.</summary>
    public string? Pages { get; init; }

    /// <summary>Disk space for them.</summary>
    public long PagesBytes { get; init; } = long.MaxValue;

    /// <summary>Whether unnamed conversations are saved too.</summary>
    public bool Saves { get; init; } = true;

    /// <summary>Whether answers may be generated that nobody asked for: not where requests are reported to a collector, or plugins are being developed.</summary>
    public bool Trials { get; init; } = true;

    /// <summary>Whether plugins may be reloaded.</summary>
    public bool Reloads { get; init; }
}
