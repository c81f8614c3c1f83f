using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spud.Composition;

/// <summary>Describes a pipeline: everything that was resolved when it was composed, and its expected cost. No token is run.</summary>
public sealed record PipelineExplanation
{
    /// <summary>The model.</summary>
    public required ModelExplanation Model { get; init; }

    /// <summary>The largest step.</summary>
    public required LimitsExplanation Limits { get; init; }

    /// <summary>The thread pools.</summary>
    public required ImmutableArray<PoolExplanation> Pools { get; init; }

    /// <summary>The operations of a step: one list, or one per phase if the phases have different components.</summary>
    public required ImmutableArray<StepExplanation> Steps { get; init; }

    /// <summary>The components, in the order they were built.</summary>
    public required ImmutableArray<ComponentExplanation> Components { get; init; }

    /// <summary>The scheduler.</summary>
    public required SchedulerExplanation Scheduler { get; init; }

    /// <summary>The drafter; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DrafterExplanation? Drafter { get; init; }

    /// <summary>The depth policy; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DepthExplanation? Depth { get; init; }

    /// <summary>How keys and values are stored: one entry per distinct layout.</summary>
    public required ImmutableArray<PagesExplanation> Pages { get; init; }

    /// <summary>Memory it uses.</summary>
    public required MemoryExplanation Memory { get; init; }

    /// <summary>Expected cost of one token.</summary>
    public required ComputeExplanation Compute { get; init; }

    /// <summary>Explains a pipeline.</summary>
    public static PipelineExplanation Of(Pipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        return new Explainer(pipeline.Parts).Explain();
    }
}

/// <summary>A scheduler.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Plugin">Id of its plugin; null for the built-in one.</param>
/// <param name="Version">Version of the plugin; null likewise.</param>
/// <param name="Options">Its options, resolved.</param>
public sealed record SchedulerExplanation(string Name, string? Plugin, string? Version, JsonElement Options);

/// <summary>A drafter.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Plugin">Id of its plugin.</param>
/// <param name="Version">Version of the plugin.</param>
/// <param name="Options">Its options, resolved.</param>
/// <param name="MaxTokens">Maximum number of tokens of a draft.</param>
/// <param name="Model">The model that it asks; null for none.</param>
public sealed record DrafterExplanation(
    string Name, string Plugin, string Version, JsonElement Options, int MaxTokens, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DraftModelExplanation? Model = null)
{
    /// <summary>Its pack; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Pack { get; init; }

    /// <summary>Memory that it allocated, without its model.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long OwnBytes { get; init; }
}

/// <summary>A drafter's model.</summary>
/// <param name="Path">Full path of its file.</param>
/// <param name="Parameters">Number of its weights.</param>
/// <param name="FileBytes">Size of its file.</param>
/// <param name="ContextTokens">Maximum length of a text in tokens; longer ones get no drafts.</param>
/// <param name="PrivateBytes">Memory that it uses when the context is full.</param>
/// <param name="MappedBytes">Bytes of its file that are read while it runs.</param>
public sealed record DraftModelExplanation(string Path, long Parameters, long FileBytes, int ContextTokens, long PrivateBytes, long MappedBytes);

/// <summary>A depth policy.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Plugin">Id of its plugin.</param>
/// <param name="Version">Version of the plugin.</param>
/// <param name="Options">Its options, resolved.</param>
/// <param name="LeftOut">Layers through which no row passes, "11,14-15", or "none".</param>
public sealed record DepthExplanation(string Name, string Plugin, string Version, JsonElement Options, string LeftOut)
{
    /// <summary>Layers after which rows that are decoded may leave, "20,25"; null if rows do not leave early.</summary>
    public string? LeavesAfter { get; init; }

    /// <summary>What becomes of the keys of rows that left: "fill" or "hole"; null likewise.</summary>
    public string? Missing { get; init; }

    /// <summary>Path of its pack; null if it has none.</summary>
    public string? Pack { get; init; }

    /// <summary>Bytes of its own memory.</summary>
    public long OwnBytes { get; init; }
}
