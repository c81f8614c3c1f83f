using System.Text.Json;
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

    /// <summary>Its parts.</summary>
    public PipelineParts Former => former;

    /// <summary>Components that were taken over.</summary>
    public IReadOnlyList<PipelineComponent> Taken => _taken;

    /// <summary>The takeover from a pipeline; null: it has other threads, or another model or scaling of RoPE, or its file was changed.</summary>
    public static Takeover? From(PipelineParts? former, string model, RopeSettings? rope, WorkerThreads? workers, PipelineOptions options) =>
        former is { Weights: not null } && ReferenceEquals(former.Pool, workers) && options is { RoutingProbe: null, CacheProbe: null } && Path.GetFullPath(former.File.Path) == Path.GetFullPath(model) && former.File.IsCurrent
        && former.Document.Rope == rope
            ? new(former) : null;

    /// <summary>A component that would be built the same again; null: there is none. It is the caller's too from now on.</summary>
    /// <param name="chosen">What is wanted.</param>
    /// <param name="limits">Of the new pipeline.</param>
    /// <param name="weights">Of the new pipeline: what the component took is taken there.</param>
    public PipelineComponent? Take(ChosenComponent chosen, Limits limits, WeightCatalog weights)
    {
        if (!IsSimple(chosen) || !AreEqual(limits, former.Limits) || former.Components.FirstOrDefault(component => Matches(component, chosen)) is not { } found)
            return null;

        foreach (WeightEntry weight in found.Weights.Taken)
            weights.Take(weight.Name, weight.Shape.AsSpan());

        found.Share();
        _taken.Add(found);
        return found;
    }

    // With a pack, decorators or components inside there is more to compare than is worth it; a state of texts is the former pipeline's.
    private static bool IsSimple(ChosenComponent chosen) => chosen.Entry.Pack is null && chosen.Folds.IsEmpty && chosen.Inner.Count == 0;

    private bool Matches(PipelineComponent component, ChosenComponent chosen) =>
        ReferenceEquals(component.Registered, chosen.Registered) && !_taken.Contains(component) && component.Phase == chosen.Entry.Phase && component.Layers.SequenceEqual(chosen.Layers)
        && component is { Pack: null, Folds.Count: 0, Inner.Count: 0, Outer: null, Instance: not IKeepsSequenceState } && ReferenceEquals(component.Called, component.Instance)
        && OptionsOf(component.Options, chosen) == OptionsOf(chosen.Options, chosen);

    private static string OptionsOf(object options, ChosenComponent chosen) => JsonSerializer.Serialize(options, chosen.Registered.Options);

    private static bool AreEqual(Limits one, Limits other) =>
        (one.Rows, one.Sequences, one.StepSequences, one.ContextTokens, one.LogitRows) == (other.Rows, other.Sequences, other.StepSequences, other.ContextTokens, other.LogitRows);
}
