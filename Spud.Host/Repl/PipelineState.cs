using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Spud.Composition;
using Spud.Configuration;
using Spud.Plugins;

namespace Spud.Host.Repl;

/// <summary>A pipeline that serves a session.</summary>
/// <param name="Source">What it was read from.</param>
/// <param name="Explanation">What it is: components, options, memory, costs.</param>
/// <param name="Frozen">What is kept with each turn.</param>
internal sealed record PipelineState(PipelineSource Source, PipelineExplanation Explanation, FrozenPipeline Frozen)
{
    /// <summary>What can be set, with present values and what the schema allows.</summary>
    public required SettingCatalog Settings { get; init; }

    /// <summary>Whether a router chooses experts before the last layer's keys, and may take fewer for less effort.</summary>
    public bool HasEffort => Explanation.Components.Any(component => component.Role == Roles.Router && component.ExpertsAtMost > 1 && component.Layers != $"{Explanation.Model.Layers - 1}");

    /// <summary>"role name" of the components that were taken over from the pipeline before, and not built.</summary>
    public IReadOnlyList<string> TakenOver { get; init; } = [];

    /// <summary>The state of a pipeline that was composed.</summary>
    public static PipelineState Of(PipelineSource source, Pipeline pipeline, PluginCatalog plugins)
    {
        PipelineExplanation explanation = PipelineExplanation.Of(pipeline);
        return new(source, explanation, FrozenPipeline.Of(explanation)) { Settings = SettingCatalog.Of(source.Read(), explanation, plugins), TakenOver = pipeline.TakenOver };
    }
}

/// <summary>A pipeline as it was resolved, for the record.</summary>
/// <param name="id">Equal for equal pipelines.</param>
/// <param name="summary">One line: the model, and who does what.</param>
/// <param name="json">Reads what <c>spud explain --json</c> says of it.</param>
internal sealed class FrozenPipeline(string id, string summary, Func<string> json)
{
    private readonly Lazy<string> _json = new(json);

    /// <param name="id">Equal for equal pipelines.</param>
    /// <param name="summary">One line: the model, and who does what.</param>
    /// <param name="json">What <c>spud explain --json</c> says of it.</param>
    public FrozenPipeline(string id, string summary, string json)
        : this(id, summary, () => json)
    {
    }

    /// <summary>Equal for equal pipelines.</summary>
    public string Id => id;

    /// <summary>One line: the model, and who does what.</summary>
    public string Summary => summary;

    /// <summary>What <c>spud explain --json</c> says of it.</summary>
    public string Json => _json.Value;

    /// <summary>The record of a pipeline.</summary>
    public static FrozenPipeline Of(PipelineExplanation explanation)
    {
        string json = JsonSerializer.Serialize(explanation, InspectionJson.Readable.PipelineExplanation);
        return new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(IdentityOf(explanation))))[..16], SummaryOf(explanation), json);
    }

    // What decides about answers: sizes in memory may differ from run to run.
    private static string IdentityOf(PipelineExplanation explanation) => string.Join('\n', explanation.Components
        .Select(component => $"{component.Role} {component.Plugin}/{component.Name} {component.Version} {component.Layers} {component.Phase} {component.Options} {component.Pack} {string.Join(' ', component.Folds)}")
        .Prepend($"{explanation.Model.Path} {explanation.Model.FileBytes} {explanation.Model.Rope} {explanation.Limits}"));

    // Roles of one component's name stand together: "model.gguf: head, attention, experts cpu; cache plain".
    private static string SummaryOf(PipelineExplanation explanation)
    {
        IEnumerable<string> parts = explanation.Components.Where(component => component.Within is null)
            .GroupBy(component => component.Name).Select(group => $"{string.Join(", ", group.Select(component => component.Role).Distinct())} {group.Key}");
        return $"{Path.GetFileName(explanation.Model.Path)}: {string.Join("; ", parts)}";
    }
}
