using Spud.Metering;
using Spud.Server.Generation;
using Spud.Server.Http;
using Spud.Server.Jobs;
using Spud.Server.Models;
using Spud.Server.Settings;

namespace Spud.Server.Completions;

/// <summary><c>POST /v1/completions</c>: continues plain texts.</summary>
internal static class CompletionEndpoint
{
    /// <summary>Answers a request.</summary>
    public static async Task AnswerAsync(HttpContext context, ModelShelf models, ServerSettings settings, Admission admission, Orders orders)
    {
        using RequestBody body = await RequestBody.ReadAsync(context).ConfigureAwait(false);
        using ModelLease lease = await models.TakeAsync(body.Fields.Text("model"), context.RequestAborted).ConfigureAwait(false);
        Order order = await orders.OfAsync(context).ConfigureAwait(false);
        bool streams = body.Fields.Flag("stream") ?? false;
        bool withUsage = body.Fields.Object("stream_options")?.Flag("include_usage") ?? false;
        CompletionCall call = CompletionCall.Read(body.Fields, lease, settings.Choices, order);
        using Admission.Entry entry = admission.Enter(call.Choices);
        Choice[] choices = await call.BeginAsync(context.RequestAborted).ConfigureAwait(false);
        if (streams)
        {
            EventStream stream = new(context.Response, context.RequestAborted);
            CompletionStream parts = new(call, stream);
            await new StreamRunner(stream, TimeSpan.FromSeconds(settings.KeepAliveSeconds)).RunAsync(
                ChoiceReader.MergeAsync(choices, context.RequestAborted),
                parts.SendAsync,
                () => parts.EndAsync(choices, withUsage, order.Prices),
                fault => stream.SendAsync(ErrorBody.Of(fault), ErrorJson.Default.ErrorBody)).ConfigureAwait(false);
            return;
        }

        await ChoiceReader.ReadAllAsync(choices).ConfigureAwait(false);
        await JsonBody.WriteAsync(context, Whole(call, choices, order.Prices), CompletionJson.Default.TextCompletion).ConfigureAwait(false);
    }

    private static TextCompletion Whole(CompletionCall call, Choice[] choices, PriceList? prices) => new(Ids.New("cmpl-"), Ids.Now, call.Lease.Name, [.. choices.Select(choice => Whole(call, choice))])
    {
        Usage = Usage.Of(choices, prices, call.PerPrompt),
    };

    private static TextChoice Whole(CompletionCall call, Choice choice) => new(choice.Index, call.Beginning(choice.Index) + choice.Content)
    {
        Logprobs = call.Logprobs is { } top ? LegacyLogprobs.Of(choice.LogProbabilities, top, 0, call.Lease.Model.Tokenizer) : null,
        FinishReason = Endings.Of(choice),
    };
}
