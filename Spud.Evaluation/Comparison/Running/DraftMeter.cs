using System.Collections.Immutable;
using Spud.Generation;
using Spud.Metering;

namespace Spud.Evaluation.Comparison;

/// <summary>
/// What a pipeline's drafts come to: the beginning of each text is continued greedily, as a request does it. What is generated does not depend on the
/// drafter, so that pipelines that differ in it alone are measured on the same tokens.
/// </summary>
internal sealed class DraftMeter(ComparedPipeline pipeline, SpeedSettings settings)
{
    private readonly DraftSums _sums = new();
    private TimeSpan _time;

    /// <summary>Continues a text.</summary>
    /// <param name="prompt">Its beginning.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public void Measure(int[] prompt, CancellationToken cancellation)
    {
        GenerationOptions options = new() { MaxTokens = settings.Generate + 1, IgnoreEndOfGeneration = true, Sampling = new() { Temperature = 0 } };
        Request request = pipeline.Model.Generate(prompt, options, cancellation);
        foreach (TextPiece _ in request.ToBlockingEnumerable())
            cancellation.ThrowIfCancellationRequested();

        _sums.Add(request.Ledger!);
        _time += request.DecodeTime;
    }

    /// <summary>The figures of all texts.</summary>
    public DraftFigures Figures() => new(
        _sums.Tokens, _sums.Tokens / (double)Math.Max(1, _sums.Steps), _sums.Drafted, _sums.Accepted, _sums.Acceptance(),
        _sums.Flops / Tally.FlopsPerUnit / Math.Max(1, _sums.Tokens), _time > TimeSpan.Zero ? _sums.Tokens / _time.TotalSeconds : 0);

    private sealed class DraftSums
    {
        private readonly long[] _draftedAt = new long[Draft.MaxTokensOfAny], _acceptedAt = new long[Draft.MaxTokensOfAny];

        public long Steps { get; private set; }

        public long Drafted { get; private set; }

        public long Accepted { get; private set; }

        public long Flops { get; private set; }

        public long Tokens => Steps + Accepted;

        public void Add(Ledger ledger)
        {
            DraftLedger drafts = ledger.Drafts!;
            (Steps, Drafted, Accepted, Flops) = (Steps + drafts.Steps, Drafted + drafts.Drafted, Accepted + drafts.Accepted, Flops + ledger[Phase.Decode].Total.Flops + (drafts.Model?[Phase.Decode].Total.Flops ?? 0));
            for (int i = 0; i < _draftedAt.Length; i++)
                (_draftedAt[i], _acceptedAt[i]) = (_draftedAt[i] + drafts.DraftedAt(i), _acceptedAt[i] + drafts.AcceptedAt(i));
        }

        public ImmutableArray<double> Acceptance() => [.. _draftedAt.TakeWhile(static drafted => drafted > 0).Select((drafted, i) => _acceptedAt[i] / (double)drafted)];
    }
}

/// <summary>What drafts came to while texts were continued.</summary>
/// <param name="Tokens">Generated tokens after the first of each text: those that are part of it.</param>
/// <param name="TokensPerStep">Mean number of them that a step added.</param>
/// <param name="Drafted">Drafted tokens that were verified.</param>
/// <param name="Accepted">Those of them that are part of the text.</param>
/// <param name="Acceptance">For each position in a draft, accepted tokens by drafted ones.</param>
/// <param name="ComputeUnitsPerToken">10^9 FLOPs of all rows, rejected ones included, per generated token.</param>
/// <param name="TokensPerSecond">Generated tokens per second; one measurement, in the noise of the machine.</param>
public sealed record DraftFigures(long Tokens, double TokensPerStep, long Drafted, long Accepted, ImmutableArray<double> Acceptance, decimal ComputeUnitsPerToken, double TokensPerSecond);
