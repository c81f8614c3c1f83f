using Spud.Metering;
using Spud.Server.Generation;
using Spud.Server.Http;
using Spud.Server.Jobs;
using Spud.Server.Models;
using Spud.Server.Settings;

namespace Spud.Server.Responses;

/// <summary><c>POST /v1/responses</c>.</summary>
internal static class ResponseEndpoint
{
    /// <summary>Answers a request.</summary>
    public static async Task AnswerAsync(HttpContext context, ModelShelf models, ServerSettings settings, Admission admission, Orders orders)
    {
        using RequestBody body = await RequestBody.ReadAsync(context).ConfigureAwait(false);
        using ModelLease lease = await models.TakeAsync(body.Fields.Text("model"), context.RequestAborted).ConfigureAwait(false);
        Order order = await orders.OfAsync(context).ConfigureAwait(false);
        bool streams = body.Fields.Flag("stream") ?? false;
        ResponseCall call = ResponseCall.Read(body.Fields, lease, order);
        using Admission.Entry entry = admission.Enter(1);
        Choice[] choices = await call.Chat.BeginAsync(context.RequestAborted).ConfigureAwait(false);
        if (streams)
            await StreamAsync(context, call.Begin(), choices, settings, order.Prices).ConfigureAwait(false);
        else
            await AnswerAsync(context, call.Begin(), choices, order.Prices).ConfigureAwait(false);
    }

    private static async Task AnswerAsync(HttpContext context, ResponseBody response, Choice[] choices, PriceList? prices)
    {
        ResponseStream events = new(response, static _ => ValueTask.CompletedTask);
        await foreach (ChoicePiece piece in choices[0].ReadAsync().ConfigureAwait(false))
            await events.SendAsync(piece).ConfigureAwait(false);

        ResponseBody whole = await events.EndAsync(choices[0], prices).ConfigureAwait(false);
        await JsonBody.WriteAsync(context, whole, ResponseJson.Default.ResponseBody).ConfigureAwait(false);
    }

    private static Task StreamAsync(HttpContext context, ResponseBody response, Choice[] choices, ServerSettings settings, PriceList? prices)
    {
        EventStream stream = new(context.Response, context.RequestAborted);
        ResponseStream events = new(response, sent => stream.SendAsync(sent, EventJson.Default.ResponseEvent, sent.Type));
        return new StreamRunner(stream, TimeSpan.FromSeconds(settings.KeepAliveSeconds)).RunAsync(
            ChoiceReader.MergeAsync(choices, context.RequestAborted),
            events.SendAsync,
            async () => _ = await events.EndAsync(choices[0], prices).ConfigureAwait(false),
            events.FailAsync);
    }
}
