namespace Spud.Composition;

/// <summary>What a host decides about a pipeline, in addition to its document.</summary>
public sealed class PipelineOptions
{
    /// <summary>Model of a document that names none; null: such a document is refused.</summary>
    public string? DefaultModel { get; init; }

    /// <summary>Threads, the one that runs the steps included; at least 1.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Sequences alive at once, at least 1.</summary>
    public int Sequences { get; init; } = 1;

    /// <summary>Maximum sequences of a step; null: all that are alive.</summary>
    public int? StepSequences { get; init; }

    /// <summary>Rows of a step where a host does not say.</summary>
    public const int DefaultRows = 512;

    /// <summary>Maximum rows of a step: how much of a prompt is read at once, and how many sequences decode together.</summary>
    public int Rows { get; init; } = DefaultRows;

    /// <summary>Maximum number of rows of a step whose logits are read; raised to the number of sequences of a step where it is smaller.</summary>
    public int LogitRows { get; init; } = 1;

    /// <summary>Tokens that the pages of a layer hold over all sequences; null: each sequence may fill the context.</summary>
    public int? CacheTokens { get; init; }

    /// <summary>Sequences that may fill the context at the same time, in every pool of pages; further ones find the pages that those leave. Null: all of them may.</summary>
    public int? FullSequences { get; init; }

    /// <summary>Called with lines for people: warnings of the composer and of plugins.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>
    /// Wraps each router that is built, to see or change its plans; it gets the router and the model. The pipeline disposes of the router and
    /// not of its probe. Null: the router itself.
    /// </summary>
    public Func<IRouter, ModelDescription, IRouter>? RoutingProbe { get; init; }

    /// <summary>
    /// Stands in for the cache that is built, to keep other keys or to see queries; it gets the cache, the model and the limits. The pipeline
    /// disposes of the cache and not of its probe. Null: the cache itself.
    /// </summary>
    public Func<ICachePolicy, ModelDescription, Limits, ICachePolicy>? CacheProbe { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    internal void Require()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Sequences, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(StepSequences ?? 1, 1, nameof(StepSequences));
        ArgumentOutOfRangeException.ThrowIfLessThan(Rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(LogitRows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(CacheTokens ?? 1, 1, nameof(CacheTokens));
        ArgumentOutOfRangeException.ThrowIfLessThan(FullSequences ?? 1, 1, nameof(FullSequences));
    }
}
