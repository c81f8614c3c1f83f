using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Spud.Execution;
using Spud.Metering;
using Spud.Sampling;
using Spud.Text.Grammars;
using Spud.Text.Tokenization;

namespace Spud.Generation;

/// <summary>
/// One text to be generated. It starts when it is first read, and can be read only once; the <see cref="StepLoop"/> computes ahead of its reader. Its figures are
/// complete when it has been read. Cancellation ends it like any other reason, as does a reader that stops before the end.
/// </summary>
public sealed partial class Request : IAsyncEnumerable<TextPiece>
{
    private readonly StepLoop _loop;
    private readonly CancellationTokenSource _cancellation;
    private readonly Lazy<Sampler> _sampler;
    private readonly Lazy<ConstraintCursor>? _cursor;
    private readonly StopConditions _stops;
    private readonly TokenDecoder _decoder;
    private readonly Channel<TextPiece> _pieces;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly object _gate = new();
    private Exception? _fault;
    private RequestSpan? _span;
    private bool _claimed;
    private bool _left;
    private long _start;

    internal Request(RequestSource model, Sequence? sequence, IReadOnlyList<int> prompt, GenerationOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(options);
        int context = model.Pipeline.Limits.ContextTokens;
        if (prompt.Count == 0)
            throw new ArgumentException("The prompt is empty: there is nothing to continue.", nameof(prompt));
        if (prompt.Count > context)
            throw new ContextOverflowException(prompt.Count, context);
        model.Pipeline.Room?.Require(prompt.Count);
        if (options.MaxTokens is < 1)
            throw new ArgumentException($"MaxTokens: expected at least 1, got {options.MaxTokens}.", nameof(options));

        (Engine, _loop, Sequence, OwnsSequence, Prompt, Options, ModelName) =
            (model.Pipeline.Engine, model.Loop, sequence, sequence is null, [.. prompt], options, Path.GetFileName(model.Pipeline.File.Path));
        Budget = options.Budget ?? model.Pipeline.Budget;
        Effort = options.Effort ?? model.Pipeline.Effort;
        if (Effort is not (>= 0 and <= 1))
            throw new ArgumentException($"Effort: expected 0 to 1, got {Effort}.", nameof(options));

        Prefer = options.Prefer ?? model.Pipeline.Prefer;
        ArgumentNullException.ThrowIfNull(options.Job);
        options.Job.Require();
        _bid = options.Job.BidPerCu;

        _prefixes = options.PrefixSharing is { } name ? new(name, Effort) : null;

        // A waiting request uses little memory: data as large as the vocabulary are allocated when it begins.
        options.Sampling.Validate(model.Tokenizer.VocabularySize);
        _sampler = new(() => new Sampler(options.Sampling, model.Tokenizer.VocabularySize));
        int[] ends = [.. options.IgnoreEndOfGeneration ? options.StopTokens : model.Tokenizer.EndOfGeneration.Concat(options.StopTokens)];
        _stops = new(ends, options.StopStrings);
        if (options.Constraint is { } constraint)
        {
            if (constraint.Tokenizer != model.Tokenizer)
                throw new ArgumentException("Constraint: compiled for another tokenizer than this model's.", nameof(options));

            _cursor = new(() => constraint.Begin(ends));
        }

        _decoder = model.Tokenizer.CreateDecoder(continuesText: true);
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellation);

        // Room for one piece per token, plus the held-back text: the loop never waits for a reader.
        MaxTokens = Math.Min(options.MaxTokens ?? int.MaxValue, context - prompt.Count + 1);
        _pieces = Channel.CreateBounded<TextPiece>(new BoundedChannelOptions(MaxTokens + 1) { SingleReader = true, SingleWriter = true });
    }

    /// <summary>The state of the request.</summary>
    public RequestState State { get; private set; }

    /// <summary>Why it ended.</summary>
    public FinishReason Finish { get; private set; }

    /// <summary>The stop string that ended it.</summary>
    public string? StopString => _stops.MatchedString;

    /// <summary>Length of the prompt.</summary>
    public int PromptTokens => Prompt.Length;

    /// <summary>Prompt tokens already in its sequence.</summary>
    public int ReusedTokens { get; private set; }

    /// <summary>Number of generated tokens, including a final stop token.</summary>
    public int GeneratedTokens { get; private set; }

    /// <summary>How often it had to give its pages back to others, and read its text again afterwards; that work is not billed.</summary>
    public int Releases { get; private set; }

    /// <summary>Number of requests before it while it waits; 0 otherwise.</summary>
    public int Position { get; internal set; }

    /// <summary>Time from the start to the first token's id.</summary>
    public TimeSpan TimeToFirstToken { get; private set; }

    /// <summary>Time from the first token's id to the last.</summary>
    public TimeSpan DecodeTime { get; private set; }

    /// <summary>Its cost so far; null before it begins.</summary>
    public Ledger? Ledger { get; private set; }

    /// <summary>The random seed.</summary>
    public ulong Seed => _sampler.Value.Seed;

    internal string ModelName { get; }

    internal GenerationOptions Options { get; }

    internal Engine Engine { get; }

    /// <summary>Generates the text, for one reader.</summary>
    /// <exception cref="InvalidOperationException">It has already been read.</exception>
    /// <exception cref="ComponentException">A component threw.</exception>
    public IAsyncEnumerator<TextPiece> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        Begin();
        return PiecesAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
    }

    /// <summary>Generates the text, for one reader whose thread waits for it.</summary>
    /// <exception cref="InvalidOperationException">It has already been read.</exception>
    /// <exception cref="ComponentException">A component threw.</exception>
    public IEnumerable<TextPiece> ToBlockingEnumerable()
    {
        if (_claimed)
            throw ReadTwice();

        return Pieces();
    }

    internal void Cancel()
    {
        lock (_gate)
        {
            if (!_left)
                _cancellation.Cancel();
        }
    }

    private void Begin()
    {
        if (Interlocked.Exchange(ref _claimed, true))
            throw ReadTwice();

        _span = RequestSpan.Begin(ModelName, Options);
        _start = Stopwatch.GetTimestamp();
        _loop.Submit(this);
        _cancellation.Token.UnsafeRegister(static request => ((Request)request!).Signal?.Set(), this);
    }

    private static InvalidOperationException ReadTwice() => new("A request is read once: make another one to generate again.");

    private async IAsyncEnumerable<TextPiece> PiecesAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        try
        {
            using CancellationTokenRegistration cancels = cancellation.Register(Cancel);
            while (await _pieces.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                while (_pieces.Reader.TryRead(out TextPiece piece))
                    yield return piece;
            }
        }
        finally
        {
            Cancel();
            await _ended.Task.ConfigureAwait(false);
            Leave();
        }
    }

    private IEnumerable<TextPiece> Pieces()
    {
        Begin();
        try
        {
            while (Wait(out TextPiece piece))
                yield return piece;
        }
        finally
        {
            Cancel();
            _ended.Task.Wait();
            Leave();
        }

        if (_fault is not null)
            ExceptionDispatchInfo.Throw(_fault);
    }

    private void Leave()
    {
        lock (_gate)
            _left = true;

        _cancellation.Dispose();
    }

    /// <summary>Waits for the next piece; false at the end.</summary>
    private bool Wait(out TextPiece piece)
    {
        lock (_gate)
        {
            while (!_pieces.Reader.TryRead(out piece))
            {
                if (_ended.Task.IsCompleted)
                    return _pieces.Reader.TryRead(out piece);

                Monitor.Wait(_gate);
            }
        }

        return true;
    }
}
