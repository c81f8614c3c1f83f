using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Spud.Composition;
using Spud.Plugins;

namespace Spud.Host.Repl;

/// <summary>A pipeline that serves a session.</summary>
/// <param name="Source">Where its configuration was read from.</param>
/// <param name="Explanation">Its components, options, memory and costs.</param>
/// <param name="Frozen">The record kept with each turn.</param>
internal sealed record PipelineState(PipelineSource Source, PipelineExplanation Explanation, FrozenPipeline Frozen)
{
    /// <summary>The settings, with current values and the values the schema allows.</summary>
    public required SettingCatalog Settings { get; init; }

    /// <summary>"role name" of the components that were reused from the previous pipeline.</summary>
    public IReadOnlyList<string> TakenOver { get; init; } = [];

    /// <summary>The state of a pipeline that was composed.</summary>
    public static PipelineState Of(PipelineSource source, Pipeline pipeline, PluginCatalog plugins)
    {
        PipelineExplanation explanation = PipelineExplanation.Of(pipeline);
        return new(source, explanation, FrozenPipeline.Of(explanation, source)) { Settings = SettingCatalog.Of(source.Read(), explanation, plugins), TakenOver = pipeline.TakenOver };
    }
}

/// <summary>A resolved pipeline, for the record.</summary>
/// <param name="id">Equal for equal pipelines.</param>
/// <param name="summary">One line: the model and its components.</param>
/// <param name="json">Returns the output of <c>spud explain --json</c>.</param>
internal sealed class FrozenPipeline(string id, string summary, Func<string> json)
{
    private readonly Lazy<string> _json = new(json);

    /// <param name="id">Equal for equal pipelines.</param>
    /// <param name="summary">One line: the model and its components.</param>
    /// <param name="json">The output of <c>spud explain --json</c>.</param>
    public FrozenPipeline(string id, string summary, string json)
        : this(id, summary, () => json)
    {
    }

    /// <summary>Equal for equal pipelines.</summary>
    public string Id => id;

    /// <summary>One line: the model and its components.</summary>
    public string Summary => summary;

    /// <summary>The output of <c>spud explain --json</c>.</summary>
    public string Json => _json.Value;

    /// <summary>From which it can be composed again, in this session or another; null if unknown.</summary>
    public PipelineSource? Source { get; init; }

    /// <summary>The record of a pipeline.</summary>
    /// <param name="explanation">What it is.</param>
    /// <param name="source">What it was composed from.</param>
    public static FrozenPipeline Of(PipelineExplanation explanation, PipelineSource source)
    {
        string json = JsonSerializer.Serialize(explanation, InspectionJson.Readable.PipelineExplanation);
        return new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(IdentityOf(explanation))))[..16], SummaryOf(explanation), json)
        {
            // Full paths: the next session may begin in another folder.
            Source = new(source.File is { } file ? Path.GetFullPath(file) : null, source.Edits.Add(PipelineArguments.ModelEdit(explanation.Model.Path, explanation.Model.Path))),
        };
    }

    // Only what affects answers: memory sizes may differ from run to run.
    private static string IdentityOf(PipelineExplanation explanation) => string.Join('\n', explanation.Components
        .Select(component => $"{component.Role} {component.Plugin}/{component.Name} {component.Version} {component.Layers} {component.Phase} {component.Options} {component.Pack} {string.Join(' ', component.Folds)}")
        .Prepend($"{explanation.Model.Path} {explanation.Model.FileBytes} {explanation.Model.Rope} {explanation.Limits}"));

    // Roles with the same component name are grouped: "model.gguf: head, attention, experts cpu; cache plain".
    private static string SummaryOf(PipelineExplanation explanation)
    {
        IEnumerable<string> parts = explanation.Components.Where(component => component.Within is null)
            .GroupBy(component => component.Name).Select(group => $"{string.Join(", ", group.Select(component => component.Role).Distinct())} {group.Key}");
        return $"{Path.GetFileName(explanation.Model.Path)}: {string.Join("; ", parts)}";
    }
}
