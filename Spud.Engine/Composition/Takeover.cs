using Spud.Configuration;
using Spud.Execution;
using Spud.Models;

namespace Spud.Composition;

/// <summary>
/// What a pipeline takes over from the one it replaces: the mapped model, and components that would be built identically. Both
/// pipelines then hold them, and the last one disposes them; only the newer one computes, in workspaces of its arena.
/// </summary>
/// <param name="former">The former pipeline, idle and on the same threads.</param>
internal sealed class Takeover(PipelineParts former)
{
    private readonly List<PipelineComponent> _taken = [];
    private bool _cacheStays;

    /// <summary>The former pipeline's parts.</summary>
    public PipelineParts Former => former;

    /// <summary>Components that were taken over.</summary>
    public IReadOnlyList<PipelineComponent> Taken => _taken;

    /// <summary>The takeover from a pipeline; null if it has other threads, another model or RoPE scaling, or if its file was changed.</summary>
    public static Takeover? From(PipelineParts? former, string model, RopeSettings? rope, WorkerThreads? workers, PipelineOptions options) =>
        former is { Weights: not null } && ReferenceEquals(former.Pool, workers) && options is { RoutingProbe: null, CacheProbe: null, DepthProbe: null } && Path.GetFullPath(former.File.Path) == Path.GetFullPath(model) && former.File.IsCurrent
        && former.Document.Rope == rope
            ? new(former) : null;

    /// <summary>Records whether the cache stays the same, so that components built for its layouts can also stay.</summary>
    /// <param name="cache">The chosen cache.</param>
    /// <param name="limits">Limits of the new pipeline.</param>
    public void ExpectCache(ChosenComponent cache, Limits limits) => _cacheStays = Find(cache, limits) is not null;

    /// <summary>A component that would be built identically, with those it is built on, outermost first; empty if none. The caller co-owns them from now on.</summary>
    /// <param name="chosen">The chosen component.</param>
    /// <param name="limits">Limits of the new pipeline.</param>
    /// <param name="weights">Weights of the new pipeline, in which the component's tensors are marked as taken.</param>
    public IReadOnlyList<PipelineComponent> Take(ChosenComponent chosen, Limits limits, WeightCatalog weights)
    {
        if (Find(chosen, limits) is not { } found)
            return [];

        PipelineComponent[] all = [.. WithInner(found)];
        foreach (PipelineComponent component in all)
        {
            foreach (WeightEntry weight in component.Weights.Taken)
                weights.Take(weight.Name, weight.Shape.AsSpan());

            component.Share();
        }

        _taken.Add(found);
        return all;
    }

    private PipelineComponent? Find(ChosenComponent chosen, Limits limits) =>
        AreEqual(limits, former.Limits) && (chosen.Folds.IsEmpty || _cacheStays) ? former.Components.FirstOrDefault(component => Matches(component, chosen)) : null;

    private bool Matches(PipelineComponent component, ChosenComponent chosen) =>
        component.Outer is null && ReferenceEquals(component.Registered, chosen.Registered) && !_taken.Contains(component) && component.Phase == chosen.Entry.Phase && component.Layers.SequenceEqual(chosen.Layers)
        && ReferenceEquals(component.Called, component.Instance) && component.OptionsText == component.Registered.TextOf(chosen.Options)
        && component.Pack?.Path == chosen.Entry.Pack && WithInner(component).All(static part => part.Pack?.IsCurrent != false)
        && component.Decorators.SequenceEqual(chosen.Folds.Select(static fold => (fold.Registered, fold.Registered.TextOf(fold.Options))));

    private static IEnumerable<PipelineComponent> WithInner(PipelineComponent component) => component.Inner.SelectMany(WithInner).Prepend(component);

    private static bool AreEqual(Limits one, Limits other) =>
        (one.Rows, one.Sequences, one.StepSequences, one.ContextTokens, one.LogitRows) == (other.Rows, other.Sequences, other.StepSequences, other.ContextTokens, other.LogitRows);
}
