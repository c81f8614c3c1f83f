using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spud.Composition;
using Spud.Configuration;
using Spud.Plugins;

namespace Spud.Host.Repl;

/// <summary>A value of a pipeline that can be set.</summary>
/// <param name="Path">As <c>/set</c> takes it, such as "cache.format" or "attention[0].use".</param>
/// <param name="Value">The resolved value, as JSON; null if not set.</param>
/// <param name="Description">Description; may be empty.</param>
/// <param name="Allowed">The allowed values, if they can be listed.</param>
/// <param name="Expected">Description of the allowed values, such as "integer 16 to 1024"; empty: see <paramref name="Allowed"/>.</param>
internal sealed record PipelineSetting(string Path, string? Value, string Description, ImmutableArray<string> Allowed, string Expected);

/// <summary>Everything that can be set in a pipeline, with what the schema of its components allows. Immutable.</summary>
internal sealed class SettingCatalog
{
    private SettingCatalog(ImmutableArray<PipelineSetting> settings, ImmutableSortedDictionary<string, ImmutableArray<string>> components) =>
        (All, Components) = (settings, components);

    /// <summary>By role, in the order of the forward pass.</summary>
    public ImmutableArray<PipelineSetting> All { get; }

    /// <summary>Names of the available components of each role.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Components { get; }

    /// <summary>Finds the setting of a path; null if there is none.</summary>
    public PipelineSetting? this[string path] => All.FirstOrDefault(setting => setting.Path == path);

    /// <summary>The settings of a pipeline.</summary>
    /// <param name="document">The pipeline document.</param>
    /// <param name="explanation">The composed pipeline.</param>
    /// <param name="plugins">The plugins that offer components.</param>
    public static SettingCatalog Of(PipelineDocument document, PipelineExplanation explanation, PluginCatalog plugins)
    {
        JsonObject schema = PipelineSchema.OfLoaded(plugins);
        ImmutableSortedDictionary<string, ImmutableArray<string>> components = Roles.Exchangeable.ToImmutableSortedDictionary(
            role => role,
            role => plugins.Statuses.SelectMany(plugin => plugin.Components.GetValueOrDefault(role, [])).Distinct().Order(StringComparer.Ordinal).ToImmutableArray());
        IEnumerable<PipelineSetting> settings = General(document, explanation, schema);
        foreach (string role in Roles.All)
            settings = settings.Concat(document[role].SelectMany(entry => OfEntry(entry, Built(entry, explanation), schema, components[role])));

        Chosen? drafter = explanation.Drafter is { } built ? new(built.Plugin, built.Name, built.Options) : null;
        settings = settings.Concat(OfEntry(document.Drafter, drafter, schema, components[Roles.Drafter].Add("none")));
        Chosen? depth = explanation.Depth is { } policy ? new(policy.Plugin, policy.Name, policy.Options) : null;
        settings = settings.Concat(OfEntry(document.Depth, depth, schema, components[Roles.Depth].Add("none")));
        return new([.. settings], components);
    }

    private static IEnumerable<PipelineSetting> General(PipelineDocument document, PipelineExplanation explanation, JsonObject schema)
    {
        JsonObject members = schema["properties"]!.AsObject(), budget = members["budget"]!["properties"]!.AsObject();
        yield return Setting("model", JsonSerializer.Serialize(explanation.Model.Path, RecordJson.Default.String), members["model"]);
        yield return Setting("context", $"{explanation.Limits.ContextTokens}", members["context"]);
        yield return Setting("budget.computeUnits", document.ComputeUnits is { } units ? FormattableString.Invariant($"{units}") : null, budget["computeUnits"]);
        yield return Setting("budget.effort", FormattableString.Invariant($"{document.Effort}"), budget["effort"]);
        yield return Setting("budget.prefer", JsonSerializer.Serialize(Figures.Name(document.Prefer), RecordJson.Default.String), budget["prefer"]);
    }

    private static Chosen? Built(RoleEntry entry, PipelineExplanation explanation) => explanation.Components
        .Where(component => component.Role == entry.Role && component.Within is null && (entry.Use is null || entry.Use == component.Name || entry.Use == $"{component.Plugin}/{component.Name}"))
        .Select(static component => new Chosen(component.Plugin, component.Name, component.Options)).FirstOrDefault();

    private static IEnumerable<PipelineSetting> OfEntry(RoleEntry entry, Chosen? component, JsonObject schema, ImmutableArray<string> names)
    {
        string path = entry.Path == "$" ? entry.Role : entry.Path["$.".Length..];
        yield return new($"{path}.use", component is null ? null : Text(component.Name), $"The component that fills the role {entry.Role}.", names, "");
        if (component is null || schema["definitions"]![$"{entry.Role}.{component.Plugin}.{component.Name}"]?["properties"] is not JsonObject options)
            yield break;

        foreach ((string name, JsonNode? option) in options.Where(option => option.Key is not ("use" or "pack" or "fold")))
            yield return Setting($"{path}.{name}", component.Options.TryGetProperty(name, out JsonElement value) ? value.GetRawText() : name == "layers" && entry.Layers is { } layers ? Text($"{layers}") : null, option);
    }

    private static PipelineSetting Setting(string path, string? value, JsonNode? schema)
    {
        string[] types = schema?["type"] switch
        {
            JsonArray several => [.. several.Select(type => type!.GetValue<string>()).Where(type => type != "null")],
            JsonValue single => [single.GetValue<string>()],
            _ => [],
        };
        IEnumerable<string> allowed = schema?["enum"] is JsonArray names ? names.Select(Written) : types is ["boolean"] ? ["true", "false"] : [];
        return new(path, value, schema?["description"]?.GetValue<string>() ?? "", [.. allowed], Expected(types, schema));
    }

    private static string Expected(string[] types, JsonNode? schema)
    {
        string type = string.Join(" or ", types), least = Written(schema?["minimum"] ?? schema?["exclusiveMinimum"]), most = Written(schema?["maximum"] ?? schema?["exclusiveMaximum"]);
        return (least, most) is ("null", "null") ? type : $"{type} {(least == "null" ? "" : $"{(schema?["minimum"] is null ? "above " : "")}{least}")} to {most}".Replace("  ", " ", StringComparison.Ordinal);
    }

    private static string Written(JsonNode? value) => value is JsonValue text && text.TryGetValue(out string? said) ? said : value?.ToJsonString() ?? "null";

    private static string Text(string text) => JsonSerializer.Serialize(text, RecordJson.Default.String);

    private sealed record Chosen(string Plugin, string Name, JsonElement Options);
}
