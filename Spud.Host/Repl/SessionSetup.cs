using Spud.Plugins;
using Spud.Text.ChatTemplates;

namespace Spud.Host.Repl;

/// <summary>What a session begins with.</summary>
internal sealed record SessionSetup
{
    /// <summary>Who offers components; disposed by the caller, after the session.</summary>
    public required PluginCatalog Plugins { get; init; }

    /// <summary>What the first pipeline is read from.</summary>
    public PipelineSource Source { get; init; } = PipelineSource.Default;

    /// <summary>Threads that compute.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>How the first turns are answered.</summary>
    public TurnSettings Settings { get; init; } = new();

    /// <summary>What the model is told before the conversation; null: what it is usually told.</summary>
    public string? System { get; init; }

    /// <summary>In place of the models' own templates; null: their own.</summary>
    public ChatTemplate? Template { get; init; }

    /// <summary>What the program reads and writes: an output replaces none of it.</summary>
    public CommandFiles Files { get; init; } = new();

    /// <summary>The file of saved conversations; null: nothing is saved.</summary>
    public string? Store { get; init; }

    /// <summary>Whether conversations are saved that nobody named.</summary>
    public bool Saves { get; init; } = true;

    /// <summary>Whether plugins may be loaded anew.</summary>
    public bool Reloads { get; init; }
}
