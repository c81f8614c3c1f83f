using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Spud;

/// <summary>What the factory of a depth policy gets when a pipeline is built.</summary>
[Experimental(Experiments.Id)]
public sealed class DepthBuild
{
    /// <summary>Description of the model.</summary>
    public required ModelDescription Model { get; init; }

    /// <summary>The layers that the pipeline names in the policy's entry: where it may act. Ascending, at least one, all below L.</summary>
    public required ImmutableArray<int> Layers { get; init; }

    /// <summary>
    /// What components get, for policies with weights of their own: weights, pack, memory and threads. Rows are in host memory. A policy reserves no workspaces and is built on no components.
    /// </summary>
    /// <exception cref="RefusedException">There is no pipeline.</exception>
    public IBuildContext Context
    {
        get => field ?? throw new RefusedException("there is no pipeline whose weights a depth policy could read");
        init;
    }
}
