using Spud.Embeddings;
using Spud.Metering;
using Spud.Server.Generation;
using Spud.Server.Http;
using Spud.Server.Models;
using Spud.Server.Settings;

namespace Spud.Server.Embeddings;

/// <summary><c>POST /v1/embeddings</c>: texts as vectors of length 1.</summary>
internal static class EmbeddingEndpoint
{
    private static readonly Dictionary<string, string> s_refused = new(StringComparer.Ordinal)
    {
        ["budget"] = "embeddings have no budget: their cost follows from their length.",
    };

    /// <summary>Answers a request.</summary>
    public static async Task AnswerAsync(HttpContext context, ModelShelf models, Admission admission, Prices prices)
    {
        using RequestBody body = await RequestBody.ReadAsync(context).ConfigureAwait(false);
        using ModelLease lease = await models.TakeAsync(body.Fields.Text("model"), context.RequestAborted).ConfigureAwait(false);
        GenerationFields.Refuse(body.Fields, s_refused);
        bool asBase64 = body.Fields.OneOf("encoding_format", "float", "base64") == "base64";
        Pooling pooling = body.Fields.OneOf("pooling", "mean", "last") == "last" ? Pooling.Last : Pooling.Mean;
        RequireDimensions(body.Fields, lease.Model.Pipeline.Model.HiddenWidth);
        IReadOnlyList<int[]> texts = TextFields.Read(body.Fields, "input", lease.Model);
        using Admission.Entry entry = admission.Enter(1);
        TextEmbedding[] embeddings = await EmbedAsync(lease.Model, texts, pooling, context.RequestAborted).ConfigureAwait(false);
        await context.Response.WriteAsJsonAsync(Answer(lease, embeddings, asBase64, prices.List), EmbeddingJson.Default.EmbeddingList, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    private static EmbeddingList Answer(ModelLease lease, TextEmbedding[] embeddings, bool asBase64, PriceList? prices) => new(
        [.. embeddings.Select((embedding, index) => new EmbeddingEntry(index, new(embedding.Values, asBase64)))],
        lease.Name,
        new(embeddings.Sum(static embedding => embedding.Tokens)) { Compute = ComputeUsage.Of([.. embeddings.Select(static embedding => embedding.Ledger)], prices) });

    // One after another: each may take turns with running answers, and holds one sequence.
    private static async Task<TextEmbedding[]> EmbedAsync(LanguageModel model, IReadOnlyList<int[]> texts, Pooling pooling, CancellationToken cancellation)
    {
        TextEmbedding[] embeddings = new TextEmbedding[texts.Count];
        try
        {
            for (int i = 0; i < embeddings.Length; i++)
            {
                embeddings[i] = await model.EmbedAsync(texts[i], pooling, cancellation).ConfigureAwait(false);
                embeddings[i].Ledger.Close(RequestOutcome.Finished);
            }
        }
        catch (NotSupportedException reason)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, $"This model's pipeline makes no embeddings: {reason.Message}", "model", "unsupported_model");
        }

        return embeddings;
    }

    private static void RequireDimensions(in Fields fields, int width)
    {
        if (fields.Integer("dimensions", 1, int.MaxValue) is { } dimensions && dimensions != width)
            throw ApiException.Unsupported("dimensions", $"this model's embeddings have {width} dimensions, which cannot be reduced; got {dimensions}.");
    }
}
