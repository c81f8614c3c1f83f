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

/// <summary>One of the compared answers.</summary>
/// <param name="Name">The pipeline's.</param>
/// <param name="Turn">The answer with its figures.</param>
/// <param name="MemoryBytes">Private memory of the pipeline when its context is full; null if unknown.</param>
internal sealed record ComparedAnswer(string Name, Turn Turn, long? MemoryBytes)
{
    /// <summary>The first token that differs from the reference's, from 1; null if none does.</summary>
    public int? FirstDifference { get; init; }

    /// <summary>The answer as a token diff against the reference's; empty for the reference.</summary>
    public ImmutableArray<TokenDifference> Differences { get; init; } = [];

    /// <summary>How likely the reference's answer is under this pipeline; null if the models have different tokens.</summary>
    public AnswerQuality? Quality { get; init; }
}

/// <summary>How well a pipeline predicts the reference's answer.</summary>
/// <param name="Tokens">Tokens scored.</param>
/// <param name="LogProbability">Of the reference's answer, nats per token.</param>
/// <param name="Divergence">Kullback-Leibler divergence from the reference's distribution, nats per token; null if the reference is no longer
/// available.</param>
internal sealed record AnswerQuality(int Tokens, double LogProbability, double? Divergence);
