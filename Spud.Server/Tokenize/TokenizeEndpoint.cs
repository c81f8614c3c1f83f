using Spud.Server.Chat;
using Spud.Server.Http;
using Spud.Server.Models;

namespace Spud.Server.Tokenize;

/// <summary><c>POST /tokenize</c>: the ids of a text (<c>content</c>) or of a conversation (<c>messages</c>).</summary>
internal static class TokenizeEndpoint
{
    /// <summary>Answers a request.</summary>
    public static async Task AnswerAsync(HttpContext context, ModelShelf models)
    {
        using RequestBody body = await RequestBody.ReadAsync(context).ConfigureAwait(false);
        using ModelLease lease = await models.TakeAsync(body.Fields.Text("model"), context.RequestAborted).ConfigureAwait(false);
        int[] ids = Encode(body.Fields, lease);
        string[]? pieces = body.Fields.Flag("with_pieces") ?? false ? [.. ids.Select(lease.Model.Tokenizer.TextOf)] : null;
        await JsonBody.WriteAsync(context, new Tokens(ids, ids.Length) { Pieces = pieces }, TokenizeJson.Default.Tokens).ConfigureAwait(false);
    }

    private static int[] Encode(in Fields fields, ModelLease lease)
    {
        if (fields.Has("messages"))
            return lease.Model.Encode(MessageFields.Read(fields, lease.Settings.System));
        if (fields.Text("content") is not { } text)
            throw fields.Missing("content", "a text, or 'messages'");

        lease.Model.RequireRoom(text);
        return lease.Model.Tokenizer.Encode(text, addSpecial: fields.Flag("add_special") ?? false, parseSpecial: false);
    }
}

/// <summary>The ids of a text.</summary>
/// <param name="Ids">The ids.</param>
/// <param name="Count">Their number.</param>
internal sealed record Tokens([property: System.Text.Json.Serialization.JsonPropertyName("tokens")] int[] Ids, int Count)
{
    /// <summary>Their texts, if they were asked for.</summary>
    public string[]? Pieces { get; init; }
}
