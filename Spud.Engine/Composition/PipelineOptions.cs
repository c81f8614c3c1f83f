using Spud.Execution;

namespace Spud.Composition;

/// <summary>Settings of a pipeline that the host decides, in addition to its document.</summary>
public sealed record PipelineOptions
{
    /// <summary>Model for a document that names none; null to reject such a document.</summary>
    public string? DefaultModel { get; init; }

    /// <summary>Number of threads, including the one that runs the steps; at least 1.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Maximum number of concurrent sequences, at least 1.</summary>
    public int Sequences { get; init; } = 1;

    /// <summary>Maximum number of sequences per step; null for all open ones.</summary>
    public int? StepSequences { get; init; }

    /// <summary>Default number of rows per step.</summary>
    public const int DefaultRows = 512;

    /// <summary>Maximum rows per step: how much of a prompt is read at once, and how many sequences decode together.</summary>
    public int Rows { get; init; } = DefaultRows;

    /// <summary>Maximum number of rows per step whose logits are read; raised to the number of sequences per step if smaller.</summary>
    public int LogitRows { get; init; } = 1;

    /// <summary>Tokens that the pages of a layer hold over all sequences; null if each sequence may fill the context.</summary>
    public int? CacheTokens { get; init; }

    /// <summary>Number of sequences that can fill the context at the same time, in every pool of pages; others get the remaining pages. Null for all.</summary>
    public int? FullSequences { get; init; }

    /// <summary>
    /// Time between two tokens of an answer that should rarely be exceeded while the prompts of other requests are read: they are then read in steps of as
    /// many rows as take a little less. A request that is alone is read in the largest steps.
    /// </summary>
    public TimeSpan TokenGap { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Maximum number of tokens in texts that are kept after their requests (<see cref="Generation.GenerationOptions.PrefixSharing"/>), at least 1; null for twice the context. Pages
    /// take memory from the system when they are used for the first time, and kept texts would use all of them sooner or later.
    /// </summary>
    public int? KeptTokens { get; init; }

    /// <summary>
    /// A folder for the texts of requests that have to give their pages back to others, where writing and reading a file takes less time than computing a text
    /// again; the files can be read by this user alone and are deleted with the pipeline. Null to compute such texts again.
    /// </summary>
    public string? SwapFolder { get; init; }

    /// <summary>The memory that texts have to fit; null for this machine's.</summary>
    internal MachineMemory? Memory { get; init; }

    /// <summary>Called with human-readable lines: warnings of the composer and of plugins.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>
    /// Wraps each router that is built, to inspect or change its plans; receives the router and the model. The pipeline disposes the router but
    /// not its probe. Null for no probe.
    /// </summary>
    public Func<IRouter, ModelDescription, IRouter>? RoutingProbe { get; init; }

    /// <summary>
    /// Replaces the cache that is built, to keep other keys or to observe queries; receives the cache, the model and the limits. The pipeline
    /// disposes the cache but not its probe. Null for no probe.
    /// </summary>
    public Func<ICachePolicy, ModelDescription, Limits, ICachePolicy>? CacheProbe { get; init; }

    /// <summary>
    /// A depth policy in place of the pipeline's, to read or to cut short what passes between layers; it may also be asked behind the last layer. The pipeline does not dispose it. Null for no probe.
    /// </summary>
    public Func<ModelDescription, ILeavesEarly>? DepthProbe { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A number is below 1, or a time is not positive.</exception>
    internal void Require()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Sequences, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(StepSequences ?? 1, 1, nameof(StepSequences));
        ArgumentOutOfRangeException.ThrowIfLessThan(Rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(LogitRows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(CacheTokens ?? 1, 1, nameof(CacheTokens));
        ArgumentOutOfRangeException.ThrowIfLessThan(FullSequences ?? 1, 1, nameof(FullSequences));
        ArgumentOutOfRangeException.ThrowIfLessThan(KeptTokens ?? 1, 1, nameof(KeptTokens));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(TokenGap, TimeSpan.Zero);
    }
}
