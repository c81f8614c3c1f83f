using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>What a component can do. It is read before the component is built, so that components that do not fit together are refused at once.</summary>
public sealed class Offer
{
    /// <summary>Traits that it knows (<see cref="Trait"/>). If the model has another one with the prefix of the component's role, the component is refused.</summary>
    public ImmutableArray<string> Knows { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Attention: types of pages that it can fold.</summary>
    public ImmutableArray<ElementType> PageTypes { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Attention: whether it can fold pools in which each KV head has its own runs (<see cref="PageView.HeadRunOffsets"/>).</summary>
    [Experimental(Experiments.Id)]
    public bool FoldsPerHead { get; init; }

    /// <summary>Attention: name of the cache for pipelines that name none.</summary>
    public string? DefaultCache { get; init; }

    /// <summary>
    /// Name of the native library on whose threads it computes ("libtorch"); null: it uses the pipeline's threads. While such a component runs, the
    /// pipeline's threads are parked. Its factory gives the library as many threads as the pipeline has.
    /// </summary>
    public string? NativeThreads { get; init; }

    /// <summary>
    /// Attention: whether the rows of a sequence may have any positions, which it reads from <see cref="Step.Positions"/>. Otherwise it may rely on
    /// consecutive positions from <see cref="SequenceSlice.FirstPosition"/>.
    /// </summary>
    [Experimental(Experiments.Id)]
    public bool AnyPositions { get; init; }

    /// <summary>Whether a row's result is the same, bit for bit, whatever other rows are in its step. A cache: whether it drops only keys that no row would see.</summary>
    public bool RowInvariant { get; init; }
}
