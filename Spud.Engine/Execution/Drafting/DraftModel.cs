using Spud.Metering;

namespace Spud.Execution;

/// <summary>
/// A draft model: a pipeline of its own, in which each sequence of the pipeline that it drafts for has a text. Texts follow those that are drafted: what differs is
/// truncated and read again.
/// </summary>
internal sealed class DraftModel : IDraftModel, IDisposable
{
    private readonly IDisposable _pipeline;
    private readonly Engine _engine;
    private readonly Sequence?[] _texts;
    private readonly long[] _lastUse;
    private readonly int _vocabulary;
    private long _uses;
    private Batch? _batch;

    /// <param name="pipeline">Owner of the engine; disposed with this object.</param>
    /// <param name="engine">Has at least as many sequences as there can be texts.</param>
    /// <param name="sequences">Maximum number of texts.</param>
    /// <param name="vocabulary">Number of logits that are returned: those of the tokens that both models have.</param>
    public DraftModel(IDisposable pipeline, Engine engine, int sequences, int vocabulary)
    {
        (_pipeline, _engine, _vocabulary) = (pipeline, engine, vocabulary);
        (_texts, _lastUse) = (new Sequence?[sequences], new long[sequences]);
    }

    /// <summary>The parts of its pipeline.</summary>
    public PipelineParts Parts => _engine.Parts;

    /// <summary>Ledger of the request for which it computes.</summary>
    public Ledger? Payer { get; set; }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Next(in DraftText text, ReadOnlySpan<int> drafted)
    {
        int tokens = text.Ids.Length + drafted.Length;
        if (tokens > Parts.Limits.ContextTokens)
            return [];

        Sequence own = _texts[text.Sequence] ??= _engine.Open();
        _lastUse[text.Sequence] = ++_uses;
        Bill(own);
        int same = Common(own.Ids, text.Ids, drafted, tokens - 1);
        own.Truncate(own.CanTruncate(same) ? same : 0);
        own.Cancellation = text.Cancellation;
        return Read(own, text.Ids, drafted) ? _batch!.Logits(0)[.._vocabulary] : [];
    }

    /// <summary>Frees its pipeline.</summary>
    public void Dispose()
    {
        _batch?.Dispose();
        _pipeline.Dispose();
    }

    private bool Read(Sequence own, ReadOnlySpan<int> ids, ReadOnlySpan<int> drafted)
    {
        int tokens = ids.Length + drafted.Length, rows = tokens - own.Tokens;

        // More rows than a draft has are those of a prompt.
        Phase phase = rows > Draft.MaxTokensOfAny + 1 ? Phase.Prefill : Phase.Decode;
        if (!own.Affords(rows, phase, LogitRows.Last))
            return false;

        while (own.Tokens < tokens)
        {
            bool isInText = own.Tokens < ids.Length;
            ReadOnlySpan<int> rest = isInText ? ids[own.Tokens..] : drafted[(own.Tokens - ids.Length)..];
            if (!TryStep(own, rest, phase, isInText && !drafted.IsEmpty ? LogitRows.None : LogitRows.Last))
                return false;
        }

        return true;
    }

    private bool TryStep(Sequence own, ReadOnlySpan<int> rest, Phase phase, LogitRows logits)
    {
        _batch ??= _engine.NewBatch();
        while (true)
        {
            try
            {
                _engine.Step(_batch, own, rest, phase, logits);
                return true;
            }
            catch (PagePoolFullException)
            {
                if (!FreeOldest(own))
                    return false;
            }
            catch (BudgetExceededException)
            {
                // The price list charges for time, and some has passed.
                return false;
            }
        }
    }

    // The text that was drafted least recently gives its pages back.
    private bool FreeOldest(Sequence own)
    {
        int oldest = -1;
        for (int i = 0; i < _texts.Length; i++)
        {
            if (_texts[i] is { Tokens: > 0 } text && text != own && (oldest < 0 || _lastUse[i] < _lastUse[oldest]))
                oldest = i;
        }

        if (oldest < 0)
            return false;

        _texts[oldest]!.Truncate(0);
        return true;
    }

    // Both spend from the same limit.
    private void Bill(Sequence own)
    {
        DraftLedger drafts = Payer!.Drafts!;
        drafts.Model ??= _engine.NewLedger(own.Tables, Payer.Limit, Payer);
        if (own.Ledger != drafts.Model)
            own.UseLedger(drafts.Model);
    }

    private static int Common(ReadOnlySpan<int> own, ReadOnlySpan<int> ids, ReadOnlySpan<int> drafted, int most)
    {
        int same = own.CommonPrefixLength(ids);
        if (same == ids.Length)
            same += own[same..].CommonPrefixLength(drafted);

        return Math.Min(same, most);
    }
}
