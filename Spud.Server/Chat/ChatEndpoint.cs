using Spud.Metering;
using Spud.Server.Generation;
using Spud.Server.Http;
using Spud.Server.Jobs;
using Spud.Server.Models;
using Spud.Server.Settings;

namespace Spud.Server.Chat;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal static class ChatEndpoint
{
    /// <summary>Answers a request.</summary>
    public static async Task AnswerAsync(HttpContext context, ModelShelf models, ServerSettings settings, Admission admission, Orders orders)
    {
        using RequestBody body = await RequestBody.ReadAsync(context).ConfigureAwait(false);
        using ModelLease lease = await models.TakeAsync(body.Fields.Text("model"), context.RequestAborted).ConfigureAwait(false);
        Order order = await orders.OfAsync(context).ConfigureAwait(false);
        bool streams = body.Fields.Flag("stream") ?? false;
        bool withUsage = body.Fields.Object("stream_options")?.Flag("include_usage") ?? false;
        ChatCall call = ChatCall.Read(body.Fields, lease, settings.Choices, order);
        using Admission.Entry entry = admission.Enter(call.Choices);
        Choice[] choices = await call.BeginAsync(context.RequestAborted).ConfigureAwait(false);
        if (streams)
            await StreamAsync(context, call, choices, settings, withUsage, order.Prices).ConfigureAwait(false);
        else
            await AnswerAsync(context, call, choices, settings, order.Prices).ConfigureAwait(false);
    }

    private static async Task AnswerAsync(HttpContext context, ChatCall call, Choice[] choices, ServerSettings settings, PriceList? prices)
    {
        await ChoiceReader.ReadAllAsync(choices).ConfigureAwait(false);
        ChatCompletion answer = ChatCompletion.Of(call, choices, Usage.Of(choices, prices), settings.DuplicateReasoning);
        await JsonBody.WriteAsync(context, answer, ChatJson.Default.ChatCompletion).ConfigureAwait(false);
    }

    private static Task StreamAsync(HttpContext context, ChatCall call, Choice[] choices, ServerSettings settings, bool withUsage, PriceList? prices)
    {
        EventStream stream = new(context.Response, context.RequestAborted);
        ChatStream chat = new(call, stream, settings);
        return new StreamRunner(stream, TimeSpan.FromSeconds(settings.KeepAliveSeconds)).RunAsync(
            ChoiceReader.MergeAsync(choices, context.RequestAborted),
            chat.SendAsync,
            () => chat.EndAsync(choices, withUsage, prices),
            fault => stream.SendAsync(ErrorBody.Of(fault), ErrorJson.Default.ErrorBody));
    }
}
