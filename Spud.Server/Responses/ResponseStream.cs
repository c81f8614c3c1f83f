using System.Text;
using Spud.Metering;
using Spud.Server.Generation;
using Spud.Server.Http;
using Spud.Text.ChatTemplates;

namespace Spud.Server.Responses;

/// <summary>
/// An answer as a stream of events: created, in_progress, then for each part its beginning, its text and its end, then completed or
/// incomplete. Every event has its place in the stream.
/// </summary>
/// <param name="response">The answer before its first token.</param>
/// <param name="send">Sends an event; nothing for an answer as a whole.</param>
internal sealed class ResponseStream(ResponseBody response, Func<ResponseEvent, ValueTask> send)
{
    private readonly List<OutputItem> _output = [];
    private readonly StringBuilder _text = new();
    private OutputItem? _open;
    private bool _begun;
    private int _sent;

    /// <summary>Sends a piece of the answer.</summary>
    public async ValueTask SendAsync(ChoicePiece piece)
    {
        await BeginAsync().ConfigureAwait(false);
        if (piece.Reasoning.Length > 0)
            await AddAsync<ReasoningItem>(piece.Reasoning).ConfigureAwait(false);
        if (piece.Content.Length > 0)
            await AddAsync<MessageItem>(piece.Content).ConfigureAwait(false);
        foreach (AnswerPiece call in piece.Calls)
            await AddCallAsync(call).ConfigureAwait(false);
    }

    /// <summary>Sends the end.</summary>
    /// <param name="choice">The answer's.</param>
    /// <param name="prices">The server's; null if it has none.</param>
    /// <returns>The whole answer.</returns>
    public async ValueTask<ResponseBody> EndAsync(Choice choice, PriceList? prices)
    {
        await BeginAsync().ConfigureAwait(false);
        bool isWhole = Endings.IsWhole(choice.Request.Finish);

        // An answer without text still has a message.
        if (_output.Count == 0 && _open is null)
            await OpenAsync<MessageItem>().ConfigureAwait(false);

        await CloseAsync(isWhole ? "completed" : "incomplete").ConfigureAwait(false);
        ResponseBody whole = response with
        {
            Status = isWhole ? "completed" : "incomplete",
            IncompleteDetails = isWhole ? null : new("max_output_tokens"),
            Output = [.. _output],
            Usage = ResponseUsage.Of(Usage.Of([choice], prices)),
        };
        await send(Next($"response.{whole.Status}") with { Response = whole }).ConfigureAwait(false);
        return whole;
    }

    /// <summary>Sends a fault as the end.</summary>
    public ValueTask FailAsync(ApiException fault) => send(Next("response.failed") with
    {
        Response = response with { Status = "failed", Output = [.. _output], Error = new(fault.Code ?? "server_error", fault.Message) },
    });

    private async ValueTask BeginAsync()
    {
        if (_begun)
            return;

        _begun = true;
        await send(Next("response.created") with { Response = response }).ConfigureAwait(false);
        await send(Next("response.in_progress") with { Response = response }).ConfigureAwait(false);
    }

    private async ValueTask AddAsync<T>(string text)
        where T : OutputItem
    {
        if (_open is not T)
        {
            await CloseAsync("completed").ConfigureAwait(false);
            await OpenAsync<T>().ConfigureAwait(false);
        }

        _text.Append(text);
        await send(InPart(_open is MessageItem ? "response.output_text.delta" : "response.reasoning_text.delta") with { Delta = text, Logprobs = _open is MessageItem ? [] : null }).ConfigureAwait(false);
    }

    private async ValueTask AddCallAsync(AnswerPiece piece)
    {
        ToolCallPiece call = piece.Call!;
        if (call.IsStart)
        {
            await CloseAsync("completed").ConfigureAwait(false);
            _text.Clear();
            await OpenAsync(new FunctionCallItem(Ids.New("fc_"), "in_progress", $"call_{call.Id}", call.Name, "")).ConfigureAwait(false);
        }

        if (piece.Text.Length > 0)
        {
            _text.Append(piece.Text);
            await send(OfItem("response.function_call_arguments.delta") with { Delta = piece.Text }).ConfigureAwait(false);
        }

        if (call.IsEnd)
            await CloseAsync("completed").ConfigureAwait(false);
    }

    private ValueTask OpenAsync(OutputItem item)
    {
        _open = item;
        return send(Next("response.output_item.added") with { OutputIndex = _output.Count, Item = item });
    }

    private async ValueTask OpenAsync<T>()
        where T : OutputItem
    {
        _text.Clear();
        await OpenAsync(typeof(T) == typeof(MessageItem) ? new MessageItem(Ids.New("msg_"), "in_progress", []) : new ReasoningItem(Ids.New("rs_"), "in_progress", [])).ConfigureAwait(false);
        if (_open is MessageItem)
            await send(InPart("response.content_part.added") with { Part = new("") }).ConfigureAwait(false);
    }

    private async ValueTask CloseAsync(string status)
    {
        if (_open is null)
            return;

        string text = _text.ToString();
        OutputItem done = _open switch
        {
            FunctionCallItem call => call with { Status = status, Arguments = text },
            MessageItem => new MessageItem(_open.Id, status, [new(text)]),
            _ => new ReasoningItem(_open.Id, status, [new(text)]),
        };
        switch (_open)
        {
            case FunctionCallItem called:
                await send(OfItem("response.function_call_arguments.done") with { Arguments = text, Name = called.Name }).ConfigureAwait(false);
                break;
            case MessageItem:
                await send(InPart("response.output_text.done") with { Text = text, Logprobs = [] }).ConfigureAwait(false);
                await send(InPart("response.content_part.done") with { Part = new(text) }).ConfigureAwait(false);
                break;
            default:
                await send(InPart("response.reasoning_text.done") with { Text = text }).ConfigureAwait(false);
                break;
        }

        await send(Next("response.output_item.done") with { OutputIndex = _output.Count, Item = done }).ConfigureAwait(false);
        _output.Add(done);
        _open = null;
    }

    private ResponseEvent OfItem(string type) => Next(type) with { OutputIndex = _output.Count, ItemId = _open!.Id };

    private ResponseEvent InPart(string type) => OfItem(type) with { ContentIndex = 0 };

    private ResponseEvent Next(string type) => new(type, _sent++);
}
