using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Spud.Composition;

namespace Spud.Host.Repl;

/// <summary>A pipeline that serves a session.</summary>
/// <param name="Source">What it was read from.</param>
/// <param name="Explanation">What it is: components, options, memory, costs.</param>
/// <param name="Frozen">What is kept with each turn.</param>
internal sealed record PipelineState(PipelineSource Source, PipelineExplanation Explanation, FrozenPipeline Frozen)
{
    /// <summary>The state of a pipeline that was composed.</summary>
    public static PipelineState Of(PipelineSource source, Pipeline pipeline)
    {
        PipelineExplanation explanation = PipelineExplanation.Of(pipeline);
        return new(source, explanation, FrozenPipeline.Of(explanation));
    }
}

/// <summary>A pipeline as it was resolved, for the record.</summary>
/// <param name="Id">Equal for equal pipelines.</param>
/// <param name="Summary">One line: the model, and who does what.</param>
/// <param name="Json">What <c>spud explain --json</c> says of it.</param>
internal sealed record FrozenPipeline(string Id, string Summary, string Json)
{
    /// <summary>The record of a pipeline.</summary>
    public static FrozenPipeline Of(PipelineExplanation explanation)
    {
        string json = JsonSerializer.Serialize(explanation, InspectionJson.Readable.PipelineExplanation);
        return new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)))[..16], SummaryOf(explanation), json);
    }

    // Roles of one component's name stand together: "model.gguf: head, attention, experts cpu; cache plain".
    private static string SummaryOf(PipelineExplanation explanation)
    {
        IEnumerable<string> parts = explanation.Components.Where(component => component.Within is null)
            .GroupBy(component => component.Name).Select(group => $"{string.Join(", ", group.Select(component => component.Role).Distinct())} {group.Key}");
        return $"{Path.GetFileName(explanation.Model.Path)}: {string.Join("; ", parts)}";
    }
}
