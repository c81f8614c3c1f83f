using System.Collections.Immutable;
using Spud.Composition;
using Spud.Configuration;

namespace Spud.Host.Repl;

/// <summary>
/// Everything that the keys and values of a text depend on: the model, the cache, and by layer the attention, and before the last layer the
/// router and the experts, as far as they read prompts. What only chooses tokens, and what only decodes, is no part of it.
/// </summary>
internal sealed class KeyIdentity
{
    private readonly ImmutableArray<(string What, string Value)> _parts;

    private KeyIdentity(ImmutableArray<(string What, string Value)> parts) => _parts = parts;

    /// <summary>The identity of a pipeline's keys.</summary>
    public static KeyIdentity Of(PipelineState pipeline)
    {
        PipelineExplanation explanation = pipeline.Explanation;
        PipelineDocument document = pipeline.Source.Read();
        int layers = explanation.Model.Layers;
        return new(
        [
            ("model", $"{explanation.Model.Path} {explanation.Model.FileBytes}"),
            ("rope", $"{explanation.Model.Rope}"),
            ("cache", string.Join('\n', explanation.Components.Where(component => component.Role == Roles.Cache).Select(Written))),
            ("attention", ByLayer(explanation, Roles.Attention, layers)),
            ("fold", string.Join('\n', document[Roles.Attention].SelectMany(entry => entry.Folds).Select(fold => fold.Use))),
            ("router", ByLayer(explanation, Roles.Router, layers - 1)),
            ("experts", ByLayer(explanation, Roles.Experts, layers - 1)),
            ("effort", FormattableString.Invariant($"{document.Effort}")),
        ]);
    }

    /// <summary>What differs, in the order of the forward pass; empty: keys and values of one are good for the other.</summary>
    public IReadOnlyList<string> DifferencesFrom(KeyIdentity other) => [.. _parts.Except(other._parts).Select(part => part.What)];

    /// <summary>Whether a fold is decorated: keys are distributed then as the decorator says.</summary>
    public bool HasFolds => _parts.Any(part => part is { What: "fold", Value.Length: > 0 });

    // The first component that serves a layer fills the role there.
    private static string ByLayer(PipelineExplanation explanation, string role, int layers)
    {
        ComponentExplanation[] components = [.. explanation.Components.Where(component => component.Role == role && component.Phase != "decode")];
        (Func<int, bool> Serves, string Value)[] known = [.. components.Select(component => (LayersOf(component.Layers), Written(component)))];
        return string.Join('\n', Enumerable.Range(0, Math.Max(0, layers)).Select(layer => Array.Find(known, component => component.Serves(layer)).Value));
    }

    private static Func<int, bool> LayersOf(string written) => LayerSet.TryParse(written, out LayerSet? layers) ? layers.Contains : static _ => true;

    private static string Written(ComponentExplanation component) =>
        $"{component.Plugin}/{component.Name} {component.Version} {component.Options} {component.Pack} {component.Within}";
}
