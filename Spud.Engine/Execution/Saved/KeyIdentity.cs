using System.Collections.Immutable;
using System.Security.Cryptography;
using Spud.Configuration;

namespace Spud.Execution;

/// <summary>
/// Everything that the keys and values of a text depend on: the model, what the cache keeps of them in which format, and by layer the attention,
/// and before the last layer the decorators of its fold, the router and the experts, as far as they read prompts. Sampling, threads, limits, the
/// head, components that only decode, and page boundaries are not part of it; layers that are left out are.
/// </summary>
public sealed class KeyIdentity
{
    private KeyIdentity(ImmutableArray<IdentityPart> parts) => Parts = parts;

    internal ImmutableArray<IdentityPart> Parts { get; }

    /// <summary>The identity of a pipeline's keys.</summary>
    /// <param name="parts">The pipeline.</param>
    /// <param name="effort">The effort with which texts are read.</param>
    internal static KeyIdentity Of(PipelineParts parts, float effort)
    {
        int layers = parts.Model.Layers.Length;
        return new(
        [
            new("model", parts.Hash?.Value ?? ""),
            new("rope", parts.Rope is { } rope ? $"{rope}" : ""),
            new("cache", CacheOf(parts)),
            new("attention", ByLayer(parts, Roles.Attention, layers, Describe)),
            new("fold", ByLayer(parts, Roles.Attention, layers - 1, FoldOf)),
            new("router", ByLayer(parts, Roles.Router, layers - 1, Describe)),
            new("experts", ByLayer(parts, Roles.Experts, layers - 1, Describe)),
            new("depth", parts.Depth is { } depth ? DepthOf(depth) : "all layers"),
            new("effort", DependsOnEffort(parts) ? FormattableString.Invariant($"{effort}") : ""),
        ]);
    }

    /// <summary>The differences, in the order of the forward pass; empty if keys and values are compatible.</summary>
    public IReadOnlyList<string> DifferencesFrom(KeyIdentity other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return [.. Parts.Except(other.Parts).Select(static part => part.What)];
    }

    /// <summary>Whether a router chooses experts before the last layer's keys, and may take fewer for less effort.</summary>
    internal static bool DependsOnEffort(PipelineParts parts) =>
        parts.Components.Any(component => component.Routing is { MaxExperts: > 1 } && component.Layers[0] < parts.Model.Layers.Length - 1);

    // Caches that drop nothing that attention sees keep the same keys, whatever their name and page length.
    private static string CacheOf(PipelineParts parts)
    {
        PipelineComponent[] caches = [.. parts.Components.Where(static component => component.Role == Roles.Cache)];
        bool keepsAll = caches.All(static cache => cache.Offer.RowInvariant) && parts.Pages.Layers.All(static layer => layer is { IsNone: true } or { PoolCount: 1, BorderTokens: null });
        // Of a layer that is left out, "depth" tells.
        LayerPages any = parts.Pages.Layers.First(static layer => !layer.IsNone);
        return keepsAll ? Grouped(parts.Pages.Layers.Count, layer => FormatOf((parts.Pages.Layers[layer].IsNone ? any : parts.Pages.Layers[layer]).First)) : string.Join('\n', caches.Select(Describe));
    }

    /// <summary>How the pages of a pipeline are laid out: texts of one layout can be stored as they lie.</summary>
    internal static IdentityPart PageLayoutOf(PipelineParts parts)
    {
        string lengths = string.Join(", ", parts.Pages.Layers.SelectMany(static layer => layer.Pools).Select(static pool => pool.PageTokens).Distinct());
        bool isSharded = parts.Pages.Layers.Any(static layer => layer.Shards is not null);
        return new("page layout", $"{lengths} tokens{(isSharded ? $", sharded by {ByLayer(parts, Roles.Attention, parts.Model.Layers.Length, FoldOf)}" : "")}");
    }

    private static string FoldOf(PipelineComponent attention) =>
        string.Join(' ', attention.Decorators.Select(static of => $"{of.Registered.FullName} {of.Registered.PluginVersion} {of.Options}"));

    private static string FormatOf(PoolPages pages) => $"keys {pages.Pool.Keys.Type}, values {pages.Pool.Values.Type}".ToLowerInvariant() + (pages.Layout.PerHead ? ", per head" : "");

    // The first component that serves a layer fills the role there.
    private static string ByLayer(PipelineParts parts, string role, int layers, Func<PipelineComponent, string> describe)
    {
        PipelineComponent[] components = [.. parts.Components.Where(component => component.Role == role && component is { Outer: null, Phase: not Phase.Decode })];
        return Grouped(layers, layer => Array.Find(components, component => component.Layers.Contains(layer)) is { } serves ? describe(serves) : "");
    }

    private static string Grouped(int layers, Func<int, string> describe) =>
        string.Join('\n', Enumerable.Range(0, Math.Max(0, layers)).GroupBy(describe).Where(static alike => alike.Key.Length > 0).Select(static alike => $"{alike.Key}, layers {LayerNumbers.Text([.. alike])}"));

    private static string Describe(PipelineComponent component)
    {
        string pack = component.Pack is { } file ? $" pack {Hash(file.Path)}" : "", inner = string.Concat(component.Inner.Select(static part => $" [{Describe(part)}]"));
        return $"{component.Registered.FullName} {component.Registered.PluginVersion} {component.OptionsText}{pack}{inner}";
    }

    private static string DepthOf(LayerDepth depth)
    {
        string layers = depth.LeftOut.IsEmpty ? "all layers" : $"all layers but {LayerNumbers.Text(depth.LeftOut)}";
        if (depth.Exits is not { } exits)
            return layers;

        string pack = depth.Pack is { } file ? $" pack {Hash(file.Path)}" : "";
        return $"{layers}, {depth.Name} {depth.Registered?.PluginVersion} {depth.Registered?.TextOf(depth.Options!)}{pack} after {LayerNumbers.Text([.. exits.Layers])}";
    }

    private static string Hash(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}

/// <summary>A part of what keys and values depend on.</summary>
/// <param name="What">"model", "cache", …</param>
/// <param name="Value">Equal if the part is the same.</param>
internal sealed record IdentityPart(string What, string Value);
