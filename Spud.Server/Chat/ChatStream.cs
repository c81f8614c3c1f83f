using Spud.Metering;
using Spud.Sampling;
using Spud.Server.Generation;
using Spud.Server.Http;
using Spud.Server.Settings;
using Spud.Text.ChatTemplates;

namespace Spud.Server.Chat;

/// <summary>A chat answer as a stream of parts.</summary>
/// <param name="call">The request.</param>
/// <param name="stream">Where the parts go.</param>
/// <param name="settings">The server's.</param>
internal sealed class ChatStream(ChatCall call, EventStream stream, ServerSettings settings)
{
    private readonly string _id = Ids.New("chatcmpl-");
    private readonly long _created = Ids.Now;
    private readonly Dictionary<int, List<LogProbabilities>> _held = [];
    private readonly HashSet<int> _begun = [];

    /// <summary>Sends a piece of a choice; log-probabilities of tokens without text wait for the next text.</summary>
    public async ValueTask SendAsync(ChoicePiece piece)
    {
        int index = piece.Choice.Index;
        await BeginAsync(index).ConfigureAwait(false);
        if (piece.LogProbabilities is { } given)
            Held(index).Add(given);
        if (piece.Reasoning.Length > 0)
            await SendAsync(index, new() { ReasoningContent = piece.Reasoning, Reasoning = settings.DuplicateReasoning ? piece.Reasoning : null }).ConfigureAwait(false);
        if (piece.Content.Length > 0)
            await SendAsync(index, new() { Content = piece.Content }).ConfigureAwait(false);

        // Name and first argument text in one chunk would lose the text in some clients.
        foreach (AnswerPiece call in piece.Calls)
        {
            if (DeltaCall.Of(call) is { } delta)
                await SendAsync(index, new() { ToolCalls = [delta] }).ConfigureAwait(false);
        }
    }

    /// <summary>Sends the ends of all choices, and the usage if it was asked for.</summary>
    public async ValueTask EndAsync(IReadOnlyList<Choice> choices, bool withUsage, PriceList? prices)
    {
        foreach (Choice choice in choices)
        {
            await BeginAsync(choice.Index).ConfigureAwait(false);
            if (Held(choice.Index).Count > 0)
                await SendAsync(choice.Index, new() { Content = "" }).ConfigureAwait(false);

            await SendAsync(Chunk(new ChunkChoice(choice.Index, new()) { FinishReason = Endings.Of(choice) })).ConfigureAwait(false);
        }

        if (withUsage)
            await SendAsync(Chunk() with { Usage = Usage.Of(choices, prices) }).ConfigureAwait(false);

        await stream.DoneAsync().ConfigureAwait(false);
    }

    private ValueTask BeginAsync(int index) =>
        _begun.Add(index) ? SendAsync(Chunk(new ChunkChoice(index, new() { Role = "assistant", Content = "" }))) : ValueTask.CompletedTask;

    private ValueTask SendAsync(int index, ChunkDelta delta)
    {
        List<LogProbabilities> held = Held(index);
        TokenLogprobs? logprobs = call.TopLogprobs is { } top && held.Count > 0 ? TokenLogprobs.Of(held, top, call.Lease.Model.Tokenizer) : null;
        held.Clear();
        return SendAsync(Chunk(new ChunkChoice(index, delta) { Logprobs = logprobs }));
    }

    private ValueTask SendAsync(ChatChunk chunk) => stream.SendAsync(chunk, ChatJson.Default.ChatChunk);

    private List<LogProbabilities> Held(int index) => _held.TryGetValue(index, out List<LogProbabilities>? held) ? held : _held[index] = [];

    private ChatChunk Chunk(params ChunkChoice[] choices) => new(_id, _created, call.Lease.Name, choices);
}
