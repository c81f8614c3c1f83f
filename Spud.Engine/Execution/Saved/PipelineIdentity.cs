using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Spud.Configuration;

namespace Spud.Execution;

/// <summary>A part of what keys and values depend on.</summary>
/// <param name="What">"model", "cache", …</param>
/// <param name="Value">Equal if the part is the same.</param>
internal sealed record IdentityPart(string What, string Value);

/// <summary>
/// Everything that the keys and values of a text depend on: the model and its RoPE scaling, and every component that runs while a prompt is
/// read, with its version and options. Threads, limits and components that only decode are not included.
/// </summary>
internal static class PipelineIdentity
{
    /// <summary>The parts, in the order of the forward pass.</summary>
    /// <param name="parts">The pipeline.</param>
    /// <param name="effort">The effort with which texts are read.</param>
    public static ImmutableArray<IdentityPart> Of(PipelineParts parts, float effort) =>
    [
        new("model", parts.Hash?.Value ?? ""),
        new("rope", parts.Rope is { } rope ? $"{rope}" : ""),
        .. Role.All.Select(role => new IdentityPart(role.Name, string.Join('\n', parts.Components.Where(component => component.Role == role.Name && Counts(component)).Select(Describe)))),
        new("fold", string.Join('\n', parts.Document[Roles.Attention].SelectMany(static entry => entry.Folds).Select(static fold => Written(fold.Node)))),
        new("effort", FormattableString.Invariant($"{effort}")),
    ];

    private static bool Counts(PipelineComponent component) => component is { Outer: null, Phase: not Phase.Decode };

    private static string Describe(PipelineComponent component)
    {
        string options = JsonSerializer.Serialize(component.Options, component.Registered.Options), phase = component.Phase is { } only ? $" {only}" : "";
        string pack = component.Pack is { } file ? $" pack {Hash(file.Path)}" : "", inner = string.Concat(component.Inner.Select(part => $" [{Describe(part)}]"));
        return $"{component.Registered.FullName} {component.Registered.PluginVersion} {options} layers {string.Join(',', Ranges(component.Layers))}{phase}{pack}{inner}";
    }

    private static IEnumerable<string> Ranges(ImmutableArray<int> layers)
    {
        for (int first = 0, end; first < layers.Length; first = end)
        {
            for (end = first + 1; end < layers.Length && layers[end] == layers[end - 1] + 1; end++)
            {
            }

            yield return end == first + 1 ? $"{layers[first]}" : $"{layers[first]}-{layers[end - 1]}";
        }
    }

    private static string Written(ConfigObject node)
    {
        using MemoryStream json = new();
        using (Utf8JsonWriter writer = new(json))
            node.WriteTo(writer);

        return Encoding.UTF8.GetString(json.ToArray());
    }

    private static string Hash(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
