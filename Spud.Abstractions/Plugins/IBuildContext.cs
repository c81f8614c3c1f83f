using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>What a component's factory gets when a pipeline is built.</summary>
public interface IBuildContext
{
    /// <summary>Description of the model.</summary>
    ModelDescription Model { get; }

    /// <summary>
    /// Hash of the model's content, 64 hexadecimal digits, by which a component refuses data that was made for another model. Computed on first
    /// use, from the file's header and samples of every tensor.
    /// </summary>
    string ModelHash { get; }

    /// <summary>Layers that this component serves, in ascending order.</summary>
    ImmutableArray<int> Layers { get; }

    /// <summary>Maximum sizes of steps and sequences.</summary>
    Limits Limits { get; }

    /// <summary>The model's weights.</summary>
    IWeightSource Weights { get; }

    /// <summary>The pipeline's threads.</summary>
    WorkerPool Pool { get; }

    /// <summary>The host's memory; its Copy converts every weight type to F32.</summary>
    IMemoryDomain Host { get; }

    /// <summary>Allocates zeroed memory that lives as long as the component. The host counts and frees it.</summary>
    /// <param name="domain">Where.</param>
    /// <param name="type">Type of the elements.</param>
    /// <param name="shape">1 to 4 lengths, outermost first.</param>
    /// <exception cref="InsufficientMemoryException">There is too little memory.</exception>
    TensorView Allocate(IMemoryDomain domain, ElementType type, params ReadOnlySpan<int> shape);

    /// <summary>Reserves scratch memory: a share of the domain's arena, whose content is undefined at the start of each call.</summary>
    /// <param name="domain">Domain of the arena.</param>
    /// <param name="bytes">Size of the share in bytes.</param>
    Workspace Reserve(IMemoryDomain domain, long bytes);

    /// <summary>
    /// Estimates the memory that a native library will allocate for the component, in addition to the above. <c>spud explain</c> shows it as an
    /// estimate. Several calls add up.
    /// </summary>
    /// <param name="domain">Where.</param>
    /// <param name="bytes">Size in bytes.</param>
    void EstimateNative(IMemoryDomain domain, long bytes);

    /// <summary>
    /// Builds another component of the same role for the same layers, which this one calls. It has its own weights, memory and entry in
    /// <c>spud explain</c>, and its workspaces do not overlap with this component's. The host disposes it after this one.
    /// </summary>
    /// <typeparam name="T">The role's interface: <see cref="IRouter"/>, …</typeparam>
    /// <param name="spec">The component: an option of this one, or made in code.</param>
    /// <exception cref="RefusedException">The component is unknown or of another role, or components are nested too deeply.</exception>
    [Experimental(Experiments.Id)]
    T Component<T>(ComponentSpec spec)
        where T : class, IDisposable;

    /// <summary>The file that the component's entry in the pipeline names with <c>"pack"</c>, made for this model; null: none.</summary>
    [Experimental(Experiments.Id)]
    IPack? Pack { get; }

    /// <summary>Registers a sum that the component reports and receipts show.</summary>
    /// <param name="name">Name for people, at most 64 characters, once per component: "dropped experts".</param>
    [Experimental(Experiments.Id)]
    Figure Figure(string name);

    /// <summary>Writes a line to the host's log.</summary>
    void Log(string line);
}
