using System.Collections.Immutable;

namespace Spud.Host.Repl.Comparison;

/// <summary>Answers of several pipelines to one question.</summary>
/// <param name="Reference">What the others are compared with.</param>
/// <param name="Others">The others, in order.</param>
internal sealed record AnswerComparison(ComparedAnswer Reference, ImmutableArray<ComparedAnswer> Others)
{
    /// <summary>All of them, the reference first.</summary>
    public IEnumerable<ComparedAnswer> All => Others.Prepend(Reference);
}

/// <summary>An answer among others.</summary>
/// <param name="Name">The pipeline's.</param>
/// <param name="Turn">The answer with its figures.</param>
/// <param name="MemoryBytes">Private memory of the pipeline when its context is full; null: not known.</param>
internal sealed record ComparedAnswer(string Name, Turn Turn, long? MemoryBytes)
{
    /// <summary>The first token that is not the reference's, from 1; null: there is none.</summary>
    public int? FirstDifference { get; init; }

    /// <summary>The answer as changes to the reference's, token by token; empty for the reference.</summary>
    public ImmutableArray<TokenDifference> Differences { get; init; } = [];

    /// <summary>How likely the reference's answer is under this pipeline; null: it cannot be said, since the models have other tokens.</summary>
    public AnswerQuality? Quality { get; init; }
}

/// <summary>How well a pipeline foretells the reference's answer.</summary>
/// <param name="Tokens">That were looked at.</param>
/// <param name="LogProbability">Of the reference's answer, nats per token.</param>
/// <param name="Divergence">Kullback-Leibler divergence from the reference's distribution, nats per token; null: the reference is not at hand any more.</param>
internal sealed record AnswerQuality(int Tokens, double LogProbability, double? Divergence);
