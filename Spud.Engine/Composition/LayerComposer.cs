using System.Collections.Frozen;
using System.Collections.Immutable;
using Spud.Configuration;
using Spud.Execution;

namespace Spud.Composition;

/// <summary>Combines the built components: determines which one serves a layer in a phase, in which domain, with which fold.</summary>
/// <param name="chosen">The pipeline's entries, by role.</param>
/// <param name="built">Their components, by role; null for an entry without layers.</param>
/// <param name="domains">The memory domains.</param>
/// <param name="layers">L.</param>
/// <param name="takeover">The takeover from another pipeline; null if none.</param>
internal sealed class LayerComposer(FrozenDictionary<string, ImmutableArray<ChosenComponent>> chosen, Dictionary<Role, PipelineComponent?[]> built, StepDomains domains, int layers, Takeover? takeover)
{
    /// <summary>The component of a role that is the same for all layers.</summary>
    public BoundComponent<T> Whole<T>()
        where T : class => Bound<T>(built[Role.Of<T>()][0]!);

    /// <summary>[phase][layer]: the components that serve it.</summary>
    /// <param name="layouts">[L]: how the cache stores each layer.</param>
    public LayerParts[][] Compose(CacheLayout[] layouts)
    {
        Dictionary<IAttention, (IFold Fold, ImmutableArray<string> Names)> folds = Folds(layouts);
        return [.. Enum.GetValues<Phase>().Select(phase => Enumerable.Range(0, layers).Select(layer => PartsOf(layer, phase, folds)).ToArray())];
    }

    private LayerParts PartsOf(int layer, Phase phase, Dictionary<IAttention, (IFold Fold, ImmutableArray<string> Names)> folds)
    {
        LayerParts parts = new(At<IAttention>(layer, phase)!, At<IRouter>(layer, phase), At<IExperts>(layer, phase)!)
        {
            MaxExperts = Serving(Role.Router, layer, phase)?.Routing!.MaxExpertsIn(layer) ?? 1,
        };
        return folds.TryGetValue(parts.Attention.Component, out (IFold Fold, ImmutableArray<string> Names) of) ? parts with { Fold = of.Fold, FoldNames = of.Names } : parts;
    }

    private Dictionary<IAttention, (IFold Fold, ImmutableArray<string> Names)> Folds(CacheLayout[] layouts)
    {
        Dictionary<IAttention, (IFold, ImmutableArray<string>)> folds = [];
        foreach ((ChosenComponent entry, PipelineComponent? one) in chosen[Roles.Attention].Zip(built[Role.Attention]))
        {
            if (one is not { Instance: IAttention attention } component || entry.Folds.IsEmpty)
                continue;

            // Of the folds taken over, the outermost was added last.
            FoldBuilder builder = new(attention, component.Registered.FullName, component.Context!, layer => layouts[layer], component.Folds);
            IFold fold = takeover?.Taken.Contains(component) == true ? component.Folds[^1] : builder.Build(entry.Folds);
            component.Decorators = [.. entry.Folds.Select(static decorator => (decorator.Registered, decorator.Registered.TextOf(decorator.Options)))];
            folds[attention] = (fold, [.. entry.Folds.Select(static decorator => decorator.Registered.FullName)]);
        }

        return folds;
    }

    private BoundComponent<T>? At<T>(int layer, Phase phase)
        where T : class => Serving(Role.Of<T>(), layer, phase) is { } component ? Bound<T>(component) : null;

    private PipelineComponent? Serving(Role role, int layer, Phase phase)
    {
        foreach ((ChosenComponent entry, PipelineComponent? component) in chosen[role.Name].Zip(built[role]))
        {
            if (component is not null && entry.Serves(layer, phase) && component.Layers.Contains(layer))
                return component;
        }

        return null;
    }

    private BoundComponent<T> Bound<T>(PipelineComponent component)
        where T : class => new(Role.Of<T>(), component.Registered.FullName, component.Offer, (T)component.Called, domains.Of(component.Instance, Role.Of<T>()));
}
