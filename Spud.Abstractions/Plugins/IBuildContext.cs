using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>What a component gets at build.</summary>
public interface IBuildContext
{
    /// <summary>The model.</summary>
    ModelDescription Model { get; }

    /// <summary>
    /// Identity of the model's content, 64 hexadecimal digits: what was made for one model is refused for another. Computed when somebody
    /// asks, from the header and samples of every tensor.
    /// </summary>
    string ModelHash { get; }

    /// <summary>Layers that this component serves, ascending.</summary>
    ImmutableArray<int> Layers { get; }

    /// <summary>The largest step.</summary>
    Limits Limits { get; }

    /// <summary>The model's weights.</summary>
    IWeightSource Weights { get; }

    /// <summary>The pipeline's threads.</summary>
    WorkerPool Pool { get; }

    /// <summary>Host memory; its Copy expands every weight type.</summary>
    IMemoryDomain Host { get; }

    /// <summary>Memory for the component's life, zeroed; counted and freed by the host.</summary>
    /// <exception cref="InsufficientMemoryException">There is not so much.</exception>
    TensorView Allocate(IMemoryDomain domain, ElementType type, params ReadOnlySpan<int> shape);

    /// <summary>A share of the domain's arena.</summary>
    Workspace Reserve(IMemoryDomain domain, long bytes);

    /// <summary>
    /// Memory that a native library will take for the component beside all of the above, as far as its author can tell: for
    /// <c>spud explain</c>, which calls it an estimate. Adds up over calls.
    /// </summary>
    void EstimateNative(IMemoryDomain domain, long bytes);

    /// <summary>
    /// Builds another component of the same role for the same layers, to be called from this one. It has its own weights, memory and entry in
    /// <c>spud explain</c>; its workspaces do not overlap with this component's. The host disposes it, after this one.
    /// </summary>
    /// <typeparam name="T">The role's interface: <see cref="IRouter"/>, …</typeparam>
    /// <param name="spec">Which one: an option of this component, or made by it.</param>
    /// <exception cref="RefusedException">It is of another role, or components are nested too deeply.</exception>
    [Experimental(Experiments.Id)]
    T Component<T>(ComponentSpec spec)
        where T : class, IDisposable;

    /// <summary>The file that the pipeline names with <c>"pack"</c>, made for this model; null: it names none.</summary>
    [Experimental(Experiments.Id)]
    IPack? Pack { get; }

    /// <summary>A sum of the component's own that receipts show; each name once.</summary>
    /// <param name="name">For people, at most 64 characters: "dropped experts".</param>
    [Experimental(Experiments.Id)]
    Figure Figure(string name);

    /// <summary>A line for the host's log.</summary>
    void Log(string line);
}
