using System.Collections.Immutable;

namespace Spud.Composition;

/// <summary>What a pipeline is: everything that was resolved when it was composed, and what it will cost. No token is run for it.</summary>
public sealed record PipelineExplanation
{
    /// <summary>The model.</summary>
    public required ModelExplanation Model { get; init; }

    /// <summary>The largest step.</summary>
    public required LimitsExplanation Limits { get; init; }

    /// <summary>The components that compute.</summary>
    public required ImmutableArray<PoolExplanation> Pools { get; init; }

    /// <summary>The operations of a step: one list, or one for each phase where the phases have different components.</summary>
    public required ImmutableArray<StepExplanation> Steps { get; init; }

    /// <summary>As they were built.</summary>
    public required ImmutableArray<ComponentExplanation> Components { get; init; }

    /// <summary>How keys and values are kept: one a distinct layout.</summary>
    public required ImmutableArray<PagesExplanation> Pages { get; init; }

    /// <summary>What it takes of the machine.</summary>
    public required MemoryExplanation Memory { get; init; }

    /// <summary>What one token is expected to cost.</summary>
    public required ComputeExplanation Compute { get; init; }

    /// <summary>Explains a pipeline.</summary>
    public static PipelineExplanation Of(Pipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        return new Explainer(pipeline.Parts).Explain();
    }
}
