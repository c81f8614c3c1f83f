using System.Collections.Frozen;
using System.Collections.Immutable;
using Spud.Models;
using Spud.Models.Families;

namespace Spud.Configuration;

/// <summary>
/// A pipeline as written by its author, as data: nothing is resolved, no component is known. Comes from <c>pipeline.json</c> and
/// <c>--set</c> options, or from neither.
/// </summary>
public sealed class PipelineDocument
{
    private readonly FrozenDictionary<string, ImmutableArray<RoleEntry>> _entries;

    internal PipelineDocument(FrozenDictionary<string, ImmutableArray<RoleEntry>> entries) => _entries = entries;

    /// <summary>The pipeline used if nothing is specified.</summary>
    public static PipelineDocument Default { get; } = Load(null, []);

    /// <summary>Its faults.</summary>
    internal ImmutableArray<Fault> Faults { get; private set; } = [];

    /// <summary>Full path of the model file; null for the embedded default model.</summary>
    public required string? Model { get; init; }

    /// <summary>Maximum sequence length in tokens; null for the model's.</summary>
    public required int? ContextTokens { get; init; }

    /// <summary>Scaling of rotary position embedding; null for that of the model's file.</summary>
    internal RopeSettings? Rope { get; init; }

    /// <summary>Whether it replaces the RoPE scaling of the model's file.</summary>
    public bool ScalesRope => Rope is not null;

    /// <summary>Default cost limit of a request in CU; null for no limit.</summary>
    public decimal? ComputeUnits { get; init; }

    /// <summary>Default effort of a request, 0 .. 1.</summary>
    public float Effort { get; init; } = 1;

    /// <summary>What the lengths of a request's drafts are chosen for by default.</summary>
    public DraftPreference Prefer { get; init; }

    /// <summary>
    /// The scheduler of requests. It shares out this pipeline's rows and pages, and so is named here; but it belongs to the loop that runs steps, and what is
    /// computed does not depend on it.
    /// </summary>
    public required RoleEntry Scheduler { get; init; }

    /// <summary>The drafter whose guesses are verified; without a name, none. What is generated does not depend on it, only in how many steps.</summary>
    public required RoleEntry Drafter { get; init; }

    /// <summary>The depth policy, with the layers where it acts; without a name, none: every row passes through every layer.</summary>
    public required RoleEntry Depth { get; init; }

    /// <summary>Full paths of the files it refers to that exist: the model, and those in options.</summary>
    public IEnumerable<string> Files => _entries.Values
        .SelectMany(entries => entries).SelectMany(entry => entry.Texts()).Append(Model).OfType<string>().Where(File.Exists);

    /// <summary>The entries of a role, at least one: the first that serves a layer and phase is used there.</summary>
    public ImmutableArray<RoleEntry> this[string role] => _entries[role];

    /// <summary>The RoPE scaling it requests; null for the model's own.</summary>
    /// <param name="model">The model's file.</param>
    /// <exception cref="CompositionException">The model supports that context without scaling.</exception>
    public RopeScaling? RopeOf(GgufFile model) => Rope?.Of(model);

    /// <summary>Reads a pipeline.</summary>
    /// <param name="path">The file; null for the default pipeline.</param>
    /// <param name="edits"><c>path=value</c> each, in order; relative paths in them are relative to the current directory.</param>
    /// <exception cref="ConfigurationException">Contains all faults of file and edits.</exception>
    public static PipelineDocument Load(string? path, IEnumerable<string> edits) => Read(path, edits.Select(edit => new PipelineEdit(edit))).Valid();

    /// <summary>Reads what can be read and keeps the faults, so that the composer can report them together with those of the components' options.</summary>
    /// <param name="path">The file; null for the default pipeline.</param>
    /// <param name="edits">In order; relative paths in them are relative to the current directory.</param>
    public static PipelineDocument Read(string? path, IEnumerable<PipelineEdit> edits)
    {
        FaultList faults = new();
        ConfigObject? tree = path is null ? null : ConfigFile.Load(path, faults);
        // Edits of an unreadable file would only fail for the same reason.
        PipelineDocument document = Read(tree ?? new ConfigObject(new Origin("default pipeline")), tree is null ? null : path, path is not null && tree is null ? [] : edits, faults);
        document.Faults = faults.InOrder();
        return document;
    }

    internal static PipelineDocument Read(ConfigObject tree, string? path, IEnumerable<PipelineEdit> edits, FaultList faults)
    {
        PipelineReader reader = new(tree, path, faults);
        foreach (PipelineEdit edit in edits)
            reader.Edit(edit);
        return reader.Read();
    }

    /// <summary>Returns this document if it has no faults.</summary>
    /// <exception cref="ConfigurationException">Contains all faults of file and edits.</exception>
    public PipelineDocument Valid() => Faults.IsEmpty ? this : throw new ConfigurationException(Faults);

    /// <summary>Reports layers that the model does not have.</summary>
    /// <param name="layerCount">L.</param>
    /// <param name="faults">Faults are added to this list.</param>
    internal void CheckLayers(int layerCount, FaultList faults)
    {
        foreach (RoleEntry entry in _entries.Values.SelectMany(entries => entries).Append(Depth))
        {
            if (entry.Layers is { } layers && layers.HighestNamed >= layerCount)
                faults.Add(entry.Node["layers"]!.Origin, $"{entry.Path}.layers names layer {layers.HighestNamed}, but the model has {layerCount} layers, 0 to {layerCount - 1}.");
        }
    }
}
