using Spud.Metering;
using Spud.Sampling;
using Spud.Server.Generation;
using Spud.Server.Http;

namespace Spud.Server.Completions;

/// <summary>Completions as a stream of parts.</summary>
/// <param name="call">The request.</param>
/// <param name="stream">Where the parts go.</param>
internal sealed class CompletionStream(CompletionCall call, EventStream stream)
{
    private readonly string _id = Ids.New("cmpl-");
    private readonly long _created = Ids.Now;
    private readonly int[] _sent = new int[call.Choices];
    private readonly List<LogProbabilities>[] _held = [.. Enumerable.Range(0, call.Choices).Select(static _ => new List<LogProbabilities>())];

    /// <summary>Sends a piece of a choice; log-probabilities of tokens without text wait for the next text.</summary>
    public async ValueTask SendAsync(ChoicePiece piece)
    {
        int index = piece.Choice.Index;
        if (piece.LogProbabilities is { } given)
            _held[index].Add(given);
        if (piece.Content.Length > 0)
            await SendAsync(index, piece.Content, null).ConfigureAwait(false);
    }

    /// <summary>Sends the ends of all choices, and the usage if it was asked for.</summary>
    public async ValueTask EndAsync(IReadOnlyList<Choice> choices, bool withUsage, PriceList? prices)
    {
        foreach (Choice choice in choices)
            await SendAsync(choice.Index, "", Endings.Of(choice)).ConfigureAwait(false);

        if (withUsage)
            await SendAsync(Part() with { Usage = Usage.Of(choices, prices, call.PerPrompt) }).ConfigureAwait(false);

        await stream.DoneAsync().ConfigureAwait(false);
    }

    private ValueTask SendAsync(int index, string text, string? finish)
    {
        string whole = _sent[index] == 0 ? call.Beginning(index) + text : text;
        LegacyLogprobs? logprobs = call.Logprobs is { } top && _held[index].Count > 0 ? LegacyLogprobs.Of(_held[index], top, _sent[index], call.Lease.Model.Tokenizer) : null;
        _held[index].Clear();
        _sent[index] += whole.Length;
        return SendAsync(Part(new TextChoice(index, whole) { Logprobs = logprobs, FinishReason = finish }));
    }

    private ValueTask SendAsync(TextCompletion part) => stream.SendAsync(part, CompletionJson.Default.TextCompletion);

    private TextCompletion Part(params TextChoice[] choices) => new(_id, _created, call.Lease.Name, choices);
}
