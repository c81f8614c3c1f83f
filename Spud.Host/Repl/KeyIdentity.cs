using System.Collections.Immutable;
using Spud.Composition;
using Spud.Configuration;

namespace Spud.Host.Repl;

/// <summary>
/// Everything that the keys and values of a text depend on: the model, what the cache keeps of them in which format, and by layer the attention,
/// and before the last layer the decorators of its fold, the router and the experts, as far as they read prompts. Sampling, components that
/// only decode, and page boundaries are not part of it.
/// </summary>
internal sealed class KeyIdentity
{
    private readonly ImmutableArray<(string What, string Value)> _parts;

    private KeyIdentity(ImmutableArray<(string What, string Value)> parts) => _parts = parts;

    /// <summary>The identity of a pipeline's keys.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="effort">Effort of the turns; null for the pipeline's.</param>
    public static KeyIdentity Of(PipelineState pipeline, float? effort)
    {
        PipelineExplanation explanation = pipeline.Explanation;
        int layers = explanation.Model.Layers;
        return new(
        [
            ("model", $"{explanation.Model.Path} {explanation.Model.FileBytes}"),
            ("rope", $"{explanation.Model.Rope}"),
            ("cache", CacheOf(explanation)),
            ("attention", ByLayer(explanation, Roles.Attention, layers, Written)),
            ("fold", ByLayer(explanation, Roles.Attention, layers - 1, static component => string.Join(' ', component.Folds))),
            ("router", ByLayer(explanation, Roles.Router, layers - 1, Written)),
            ("experts", ByLayer(explanation, Roles.Experts, layers - 1, Written)),
            ("effort", pipeline.HasEffort ? FormattableString.Invariant($"{effort ?? pipeline.Source.Read().Effort}") : ""),
        ]);
    }

    /// <summary>The differences, in the order of the forward pass; empty if keys and values are compatible.</summary>
    public IReadOnlyList<string> DifferencesFrom(KeyIdentity other) => [.. _parts.Except(other._parts).Select(part => part.What)];

    // Caches that drop nothing that attention sees keep the same keys, whatever their name and page length.
    private static string CacheOf(PipelineExplanation explanation) =>
        explanation.Pages.All(static pages => pages is { Pool: 0, ReviewTokens: null }) && explanation.Components.All(static component => component.Role != Roles.Cache || component.RowInvariant)
            ? string.Join('\n', explanation.Pages.Select(static pages => $"{pages.Layers} {pages.Keys} {pages.Values} {pages.PerHead}"))
            : string.Join('\n', explanation.Components.Where(static component => component.Role == Roles.Cache).Select(Written));

    // The first component that serves a layer fills the role there.
    private static string ByLayer(PipelineExplanation explanation, string role, int layers, Func<ComponentExplanation, string> write)
    {
        ComponentExplanation[] components = [.. explanation.Components.Where(component => component.Role == role && component.Phase != "decode")];
        (Func<int, bool> Serves, string Value)[] known = [.. components.Select(component => (LayersOf(component.Layers), write(component)))];
        return string.Join('\n', Enumerable.Range(0, Math.Max(0, layers)).Select(layer => Array.Find(known, component => component.Serves(layer)).Value));
    }

    private static Func<int, bool> LayersOf(string written) => LayerSet.TryParse(written, out LayerSet? layers) ? layers.Contains : static _ => true;

    private static string Written(ComponentExplanation component) =>
        $"{component.Plugin}/{component.Name} {component.Version} {component.Options} {component.Pack} {component.Within}";
}
