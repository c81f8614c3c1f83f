using System.Collections.Immutable;
using System.Diagnostics;
using Spud.Generation;
using Spud.Sampling;
using Spud.Text.ChatTemplates;
using Spud.Text.Tokenization;

namespace Spud.Host.Repl;

/// <summary>Adds the pieces of an answer to its turn and reports them.</summary>
/// <param name="turn">Receives the tokens.</param>
/// <param name="request">The running request.</param>
/// <param name="tokenizer">The model's.</param>
/// <param name="report">Receives the events.</param>
internal sealed class TurnReader(Turn turn, Request request, Tokenizer tokenizer, Action<SessionEvent> report)
{
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Adds a piece.</summary>
    public void Take(in TextPiece piece)
    {
        if (piece.Token is not { } id)
            return;

        TimeSpan at = Stopwatch.GetElapsedTime(_start);
        TurnToken token = new(id, tokenizer.TextOf(id), piece.LogProbabilities?.Chosen.LogProbability, Top(piece.LogProbabilities), at) { ComputeUnits = piece.Flops / 1_000_000_000m, Experts = piece.Experts };
        turn.Add(token);
        report(new TokenArrived(turn, token, Meter.Of(request, turn.Tokens.Count, at)));
    }

    /// <summary>Reports text of the answer.</summary>
    public void Show(IReadOnlyList<AnswerPiece> pieces)
    {
        foreach (AnswerPiece piece in pieces)
        {
            string text = piece.Call is { IsStart: true } call ? $"{call.Name} " : piece.Text;
            if (text.Length > 0)
                report(new AnswerText(turn, piece.Part, text));
        }
    }

    private ImmutableArray<Alternative> Top(LogProbabilities? noted)
    {
        if (noted is null)
            return [];

        ImmutableArray<Alternative>.Builder top = ImmutableArray.CreateBuilder<Alternative>(noted.Top.Length);
        foreach (TokenLogProbability likely in noted.Top)
            top.Add(new(likely.TokenId, tokenizer.TextOf(likely.TokenId), likely.LogProbability));

        return top.MoveToImmutable();
    }
}
