using System.Text.Json;
using Spud.Composition;
using Spud.Configuration;

namespace Spud.Host.Repl.Screen;

/// <summary>The frozen pipeline as lines of a tree.</summary>
internal static class PipelineItems
{
    public static IReadOnlyList<PipelineItem> Of(PipelineState pipeline)
    {
        PipelineExplanation explanation = pipeline.Explanation;
        ModelExplanation model = explanation.Model;
        List<PipelineItem> items =
        [
            new(0, "model", ShownText.OneLine(Path.GetFileName(model.Path))) { Path = "model", Note = $"{model.Architecture}, {model.Layers} layers, {Units.Count(model.Parameters)} parameters" },
            new(0, "context", $"{explanation.Limits.ContextTokens}") { Path = "context", Note = "tokens" },
            new(0, "memory", Units.Bytes(explanation.Memory.PrivateBytes)) { Note = $"and {Units.Bytes(explanation.Memory.MappedBytes)} mapped; KV {Units.Bytes(explanation.Memory.Pages)}" },
        ];
        foreach (string role in Roles.All)
        {
            ComponentExplanation[] components = [.. explanation.Components.Where(component => component.Role == role)];
            for (int i = 0; i < components.Length; i++)
                Add(components[i], components.Length > 1 ? $"{role}[{i}]" : role, items);
        }

        // A conversation has no rivals: its scheduler is shown, and set where there are some.
        items.Add(new(0, Roles.Scheduler, ShownText.OneLine(explanation.Scheduler.Name)));
        AddOptions(explanation.Scheduler.Options, null, items);
        if (explanation.Drafter is { } drafter)
        {
            items.Add(new(0, Roles.Drafter, ShownText.OneLine(drafter.Name)) { Path = $"{Roles.Drafter}.use" });
            AddOptions(drafter.Options, Roles.Drafter, items);
        }

        if (explanation.Depth is { } depth)
        {
            items.Add(new(0, Roles.Depth, ShownText.OneLine(depth.Name)) { Path = $"{Roles.Depth}.use", Note = depth.LeavesAfter is { } exits ? $"leaves after {exits}" : $"without layers {depth.LeftOut}" });
            AddOptions(depth.Options, Roles.Depth, items);
        }

        return [.. items.Select(item => item.Path is { } path && pipeline.Settings[path] is { } setting ? item with
        {
            Allowed = [.. setting.Allowed.Select(ShownText.OneLine)],
            Expected = ShownText.OneLine(setting.Expected),
            Description = ShownText.OneLine(setting.Description),
        } : item)];
    }

    private static void Add(ComponentExplanation component, string path, List<PipelineItem> items)
    {
        long bytes = component.OwnBytes + component.MappedBytes + component.NativeBytes;
        string[] notes =
        [
            component.Layers == "all" ? "" : $"layers {component.Layers}", component.Phase == "both" ? "" : component.Phase,
            component.Domain, bytes > 0 ? Units.Bytes(bytes) : "",
        ];
        string? settable = component.Within is null ? path : null;
        items.Add(new(0, component.Within is null ? path : $"└ {component.Role}", ShownText.OneLine(component.Name))
        {
            Path = settable is null ? null : $"{path}.use",
            Note = ShownText.OneLine(string.Join(", ", notes.Where(note => note.Length > 0))),
        });
        AddOptions(component.Options, settable, items);
    }

    private static void AddOptions(JsonElement options, string? settable, List<PipelineItem> items)
    {
        if (options.ValueKind != JsonValueKind.Object)
            return;

        foreach (JsonProperty option in options.EnumerateObject())
            items.Add(new(1, ShownText.OneLine(option.Name), Shown(option.Value)) { Path = settable is null ? null : $"{settable}.{option.Name}" });
    }

    private static string Shown(JsonElement value) => ShownText.OneLine(value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "–",
        _ => value.GetRawText(),
    });
}
