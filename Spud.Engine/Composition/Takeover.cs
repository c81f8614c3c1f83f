using Spud.Configuration;
using Spud.Execution;
using Spud.Models;

namespace Spud.Composition;

/// <summary>
/// What a pipeline takes over from the one that it is exchanged for: the mapped model, and components that would be built the same again. Both
/// pipelines hold them then, and the last one disposes them; only the newer one computes, in workspaces of its arena.
/// </summary>
/// <param name="former">At rest, and on the same threads.</param>
internal sealed class Takeover(PipelineParts former)
{
    private readonly List<PipelineComponent> _taken = [];
    private bool _cacheStays;

    /// <summary>Its parts.</summary>
    public PipelineParts Former => former;

    /// <summary>Components that were taken over.</summary>
    public IReadOnlyList<PipelineComponent> Taken => _taken;

    /// <summary>The takeover from a pipeline; null: it has other threads, or another model or scaling of RoPE, or its file was changed.</summary>
    public static Takeover? From(PipelineParts? former, string model, RopeSettings? rope, WorkerThreads? workers, PipelineOptions options) =>
        former is { Weights: not null } && ReferenceEquals(former.Pool, workers) && options is { RoutingProbe: null, CacheProbe: null } && Path.GetFullPath(former.File.Path) == Path.GetFullPath(model) && former.File.IsCurrent
        && former.Document.Rope == rope
            ? new(former) : null;

    /// <summary>Whether the cache stays as it is, so that what was built by its layouts may stay too.</summary>
    /// <param name="cache">What is wanted.</param>
    /// <param name="limits">Of the new pipeline.</param>
    public void ExpectCache(ChosenComponent cache, Limits limits) => _cacheStays = Find(cache, limits) is not null;

    /// <summary>A component that would be built the same again, with those that it is built on, outermost first; empty: there is none. They are the caller's too from now on.</summary>
    /// <param name="chosen">What is wanted.</param>
    /// <param name="limits">Of the new pipeline.</param>
    /// <param name="weights">Of the new pipeline: what the components took is taken there.</param>
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
