using System.Collections;
using System.Diagnostics;
using Spud.Execution;
using Spud.Metering;
using Spud.Sampling;
using Spud.Text.Tokenization;

namespace Spud.Generation;

/// <summary>
/// One text being generated: read its pieces, once; afterwards its figures are complete. Cancellation ends it like any other reason.
/// </summary>
public sealed class TextGeneration : IEnumerable<TextPiece>
{
    private readonly TextSession _session;
    private readonly bool _ownsSession;
    private readonly int[] _prompt;
    private readonly GenerationOptions _options;
    private readonly CancellationToken _cancellation;
    private readonly Budget? _budget;
    private readonly float _effort;
    private readonly Sampler _sampler;
    private readonly StopConditions _stops;
    private readonly TokenDecoder _decoder;
    private string _text = "";
    private bool _read;

    internal TextGeneration(TextSession session, bool ownsSession, IReadOnlyList<int> prompt, GenerationOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(options);
        LanguageModel model = session.Model;
        int context = model.Pipeline.Limits.ContextTokens;
        if (prompt.Count == 0)
            throw new ArgumentException("The prompt is empty: there is nothing to continue.", nameof(prompt));
        if (prompt.Count > context)
            throw new ContextOverflowException(prompt.Count, context);
        if (options.MaxTokens is < 1)
            throw new ArgumentException($"MaxTokens: expected at least 1, got {options.MaxTokens}.", nameof(options));

        (_session, _ownsSession, _prompt, _options, _cancellation) = (session, ownsSession, [.. prompt], options, cancellation);
        _budget = options.Budget ?? model.Pipeline.Budget;
        _effort = options.Effort ?? model.Pipeline.Effort;
        if (_effort is not (>= 0 and <= 1))
            throw new ArgumentException($"Effort: expected 0 to 1, got {_effort}.", nameof(options));

        _sampler = new(options.Sampling, model.Pipeline.Model.Vocabulary);
        _stops = new(options.IgnoreEndOfGeneration ? options.StopTokens : model.Tokenizer.EndOfGeneration.Concat(options.StopTokens), options.StopStrings);
        _decoder = model.Tokenizer.CreateDecoder(continuesText: true);
    }

    /// <summary>Why it ended.</summary>
    public FinishReason Finish { get; private set; }

    /// <summary>The stop string that ended it.</summary>
    public string? StopString => _stops.MatchedString;

    /// <summary>Length of the prompt.</summary>
    public int PromptTokens => _prompt.Length;

    /// <summary>Of these, tokens that the session had computed before.</summary>
    public int ReusedTokens { get; private set; }

    /// <summary>Tokens produced, a final stop token included.</summary>
    public int GeneratedTokens { get; private set; }

    /// <summary>From the start to the first token's id.</summary>
    public TimeSpan TimeToFirstToken { get; private set; }

    /// <summary>From the first token's id to the end.</summary>
    public TimeSpan DecodeTime { get; private set; }

    /// <summary>What it took so far; null before it begins.</summary>
    public Ledger? Ledger { get; private set; }

    /// <summary>Seed of the random numbers.</summary>
    public ulong Seed => _sampler.Seed;

    /// <summary>Generates the text.</summary>
    /// <exception cref="InvalidOperationException">It was read before.</exception>
    /// <exception cref="ComponentException">A component threw.</exception>
    public IEnumerator<TextPiece> GetEnumerator()
    {
        if (_read)
            throw new InvalidOperationException("A generation is read once.");

        _read = true;
        return Pieces();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IEnumerator<TextPiece> Pieces()
    {
        RequestSpan span = RequestSpan.Begin(Path.GetFileName(_session.Model.Pipeline.File.Path), _options);
        try
        {
            foreach (int token in Tokens())
                yield return new(_text, token, _sampler.LogProbabilities);
        }
        finally
        {
            Ledger?.Close(OutcomeOf(Finish));
            span.End(this);
            if (_ownsSession)
                _session.Dispose();
        }

        string rest = _stops.MatchedString is null ? _stops.Append(_decoder.Flush()) + _stops.Flush() : "";
        if (rest.Length > 0)
            yield return new(rest, null, null);
    }

    /// <summary>Tokens as they come; the text of each is in <see cref="_text"/>.</summary>
    private IEnumerable<int> Tokens()
    {
        long start = Stopwatch.GetTimestamp();
        ReusedTokens = _session.Begin(_prompt, _sampler, _budget, _effort, _cancellation);
        Ledger = _session.Ledger;
        int token = 0;
        while (Finish == FinishReason.None && Advance(ref token))
        {
            if (GeneratedTokens++ == 0)
                TimeToFirstToken = Stopwatch.GetElapsedTime(start);

            _text = Judge(token);
            DecodeTime = Stopwatch.GetElapsedTime(start) - TimeToFirstToken;
            yield return token;
        }
    }

    private bool Advance(ref int token)
    {
        try
        {
            if (GeneratedTokens > 0 && !_session.Prepare(ExpectedTokens, _effort))
                Finish = FinishReason.Budget;
            else
                token = GeneratedTokens == 0 ? _session.Read(_prompt, ReusedTokens) : _session.Next(token);
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            Finish = FinishReason.Cancelled;
        }
        catch (BudgetExceededException) when (Ledger is { Tokens: > 0 })
        {
            // By a price list with time in it: what the prompt's first steps kept took longer than was left for.
            Finish = FinishReason.Budget;
        }
        catch (Exception fault)
        {
            Finish = fault is BudgetExceededException ? FinishReason.Refused : FinishReason.Failed;
            throw;
        }

        return Finish == FinishReason.None;
    }

    /// <summary>Tokens that may still come.</summary>
    private int ExpectedTokens
    {
        get
        {
            int room = _session.Model.Pipeline.Limits.ContextTokens - _session.Tokens;
            return Math.Max(1, Math.Min(room, (_options.MaxTokens ?? int.MaxValue) - GeneratedTokens));
        }
    }

    private static RequestOutcome OutcomeOf(FinishReason reason) => reason switch
    {
        FinishReason.Budget => RequestOutcome.StoppedByBudget,
        FinishReason.Refused => RequestOutcome.Refused,
        FinishReason.Failed => RequestOutcome.Failed,
        // Who stops reading cancels as well.
        FinishReason.Cancelled or FinishReason.None => RequestOutcome.Cancelled,
        _ => RequestOutcome.Finished,
    };

    private string Judge(int token)
    {
        if (_stops.IsStopToken(token))
        {
            Finish = FinishReason.StopToken;
            return "";
        }

        string text = _stops.Append(_decoder.Append(token));
        if (_stops.MatchedString is not null)
            Finish = FinishReason.StopString;
        else if (GeneratedTokens == _options.MaxTokens)
            Finish = FinishReason.Length;
        else if (_session.Tokens == _session.Model.Pipeline.Limits.ContextTokens)
            Finish = FinishReason.ContextFull;

        return text;
    }
}
