using System.Text.Json;
using Spud.Composition;
using Spud.Evaluation.Comparison;

namespace Spud.Host;

/// <summary>The settings of frozen pipelines, one by one, so that they can be compared side by side.</summary>
internal static class SettingList
{
    private const string Absent = "–";

    /// <summary>Every setting that any pipeline has, with its value in each.</summary>
    public static IEnumerable<(string Name, string[] Values)> Of(IReadOnlyList<PipelineResult> pipelines)
    {
        Dictionary<string, string>[] all = [.. pipelines.Select(pipeline => Settings(pipeline.Explanation))];
        return all.SelectMany(settings => settings.Keys).Distinct().Select(name => (name, all.Select(settings => settings.GetValueOrDefault(name, Absent)).ToArray()));
    }

    private static Dictionary<string, string> Settings(PipelineExplanation pipeline)
    {
        Dictionary<string, string> settings = new()
        {
            ["model"] = Path.GetFileName(pipeline.Model.Path),
            ["context"] = $"{pipeline.Limits.ContextTokens} tokens",
            ["threads"] = $"{pipeline.Pools[0].Threads}",
        };
        foreach (ComponentExplanation component in pipeline.Components)
        {
            string where = (component.Layers == "all" ? "" : $", layers {component.Layers}") + (component.Phase == "both" ? "" : $", {component.Phase}");
            string role = component.Role + where;
            settings[role] = $"{component.Plugin}/{component.Name} {component.Version}";
            Add(settings, role, component.Options);
            settings[$"{role}: own memory"] = Units.Bytes(component.OwnBytes);
        }

        foreach (PagesExplanation pages in pipeline.Pages)
            settings[$"pages, layers {pages.Layers}{(pages.Pool == 0 ? "" : $", pool {pages.Pool}")}"] = $"{(pages.PerHead ? "per head, " : "")}keys {pages.Keys}, values {pages.Values}, {pages.PageTokens} tokens per page, {pages.BytesPerTokenAndLayer} bytes per token and layer";

        return settings;
    }

    private static void Add(Dictionary<string, string> settings, string path, JsonElement options)
    {
        foreach (JsonProperty option in options.EnumerateObject())
        {
            if (option.Value.ValueKind == JsonValueKind.Object)
                Add(settings, $"{path}.{option.Name}", option.Value);
            else
                settings[$"{path}.{option.Name}"] = option.Value.ToString() is { Length: > 0 } text ? text : "null";
        }
    }
}
