using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>What a component can do, told before it is built, so that a pair that cannot meet costs nothing.</summary>
public sealed class Offer
{
    /// <summary>Traits it knows. One of the model's, under the role's prefix, that is not here refuses the component.</summary>
    public ImmutableArray<string> Knows { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Attention: page types that it folds.</summary>
    public ImmutableArray<ElementType> PageTypes { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Attention: whether it folds pools in which every KV head has runs of its own (<see cref="PageView.HeadRunOffsets"/>).</summary>
    [Experimental(Experiments.Id)]
    public bool FoldsPerHead { get; init; }

    /// <summary>Attention: the cache of a pipeline that names none.</summary>
    public string? DefaultCache { get; init; }

    /// <summary>
    /// Name of the native library's threads that it computes on ("libtorch"); null: the pipeline's. While such a component works the
    /// pipeline's own threads are parked, and its factory gives the library as many threads as the pipeline has.
    /// </summary>
    public string? NativeThreads { get; init; }

    /// <summary>
    /// Attention: it reads each row's position from <see cref="Step.Positions"/>. Otherwise it may rely on a sequence's rows having consecutive
    /// positions, from <see cref="SequenceSlice.FirstPosition"/>.
    /// </summary>
    [Experimental(Experiments.Id)]
    public bool AnyPositions { get; init; }

    /// <summary>A row's bits do not depend on T, its neighbours or the chunk.</summary>
    public bool RowInvariant { get; init; }
}
