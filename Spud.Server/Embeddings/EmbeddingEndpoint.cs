using Spud.Embeddings;
using Spud.Generation;
using Spud.Metering;
using Spud.Server.Generation;
using Spud.Server.Http;
using Spud.Server.Jobs;
using Spud.Server.Models;

namespace Spud.Server.Embeddings;

/// <summary><c>POST /v1/embeddings</c>: texts as vectors of length 1.</summary>
internal static class EmbeddingEndpoint
{
    private static readonly Dictionary<string, string> s_refused = new(StringComparer.Ordinal)
    {
        ["budget"] = "embeddings have no budget: their cost follows from their length.",
    };

    /// <summary>Answers a request.</summary>
    public static async Task AnswerAsync(HttpContext context, ModelShelf models, Admission admission, Orders orders)
    {
        using RequestBody body = await RequestBody.ReadAsync(context).ConfigureAwait(false);
        using ModelLease lease = await models.TakeAsync(body.Fields.Text("model"), context.RequestAborted).ConfigureAwait(false);
        GenerationFields.Refuse(body.Fields, s_refused);
        bool asBase64 = body.Fields.OneOf("encoding_format", "float", "base64") == "base64";
        Pooling pooling = body.Fields.OneOf("pooling", "mean", "last") == "last" ? Pooling.Last : Pooling.Mean;
        RequireDimensions(body.Fields, lease.Model.Pipeline.Model.HiddenWidth);
        IReadOnlyList<int[]> texts = TextFields.Read(body.Fields, "input", lease.Model);
        Order order = await orders.OfAsync(context).ConfigureAwait(false);
        using Admission.Entry entry = admission.Enter(1);
        TextEmbedding[] embeddings = await EmbedAsync(lease, order, texts, pooling, context.RequestAborted).ConfigureAwait(false);
        await context.Response.WriteAsJsonAsync(Answer(lease, embeddings, asBase64, order.Prices), EmbeddingJson.Default.EmbeddingList, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    private static EmbeddingList Answer(ModelLease lease, TextEmbedding[] embeddings, bool asBase64, PriceList? prices) => new(
        [.. embeddings.Select((embedding, index) => new EmbeddingEntry(index, new(embedding.Values, asBase64)))],
        lease.Name,
        new(embeddings.Sum(static embedding => embedding.Tokens)) { Compute = ComputeUsage.Of([.. embeddings.Select(static embedding => embedding.Ledger)], prices) });

    // One after another: each may take turns with running answers, and holds one sequence.
    private static async Task<TextEmbedding[]> EmbedAsync(ModelLease lease, Order order, IReadOnlyList<int[]> texts, Pooling pooling, CancellationToken cancellation)
    {
        TextEmbedding[] embeddings = new TextEmbedding[texts.Count];
        GenerationOptions terms = new() { Budget = order.DefaultBudget(1), Job = new() { Account = order.Caller.Account } };
        for (int i = 0; i < embeddings.Length; i++)
        {
            JobTicket? job = await order.SubmitAsync(lease.Name, terms, cancellation).ConfigureAwait(false);
            embeddings[i] = await EmbedAsync(lease.Model, job, texts[i], pooling, cancellation).ConfigureAwait(false);
        }

        return embeddings;
    }

    private static async Task<TextEmbedding> EmbedAsync(LanguageModel model, JobTicket? job, int[] text, Pooling pooling, CancellationToken cancellation)
    {
        TextEmbedding? embedding = null;
        Exception? reason = null;
        try
        {
            embedding = await model.EmbedAsync(text, pooling, cancellation).ConfigureAwait(false);
            embedding.Ledger.Close(RequestOutcome.Finished);
            if (job is not null)
                await job.StartAsync().ConfigureAwait(false);

            return embedding;
        }
        catch (NotSupportedException fault)
        {
            reason = fault;
            throw new ApiException(StatusCodes.Status400BadRequest, $"This model's pipeline makes no embeddings: {fault.Message}", "model", "unsupported_model");
        }
        catch (Exception fault)
        {
            reason = fault;
            throw;
        }
        finally
        {
            if (job is not null)
                await job.EndAsync(embedding?.Ledger, reason is OperationCanceledException ? FinishReason.Cancelled : reason is null ? FinishReason.Length : FinishReason.Failed, reason).ConfigureAwait(false);
        }
    }

    private static void RequireDimensions(in Fields fields, int width)
    {
        if (fields.Integer("dimensions", 1, int.MaxValue) is { } dimensions && dimensions != width)
            throw ApiException.Unsupported("dimensions", $"this model's embeddings have {width} dimensions, which cannot be reduced; got {dimensions}.");
    }
}
