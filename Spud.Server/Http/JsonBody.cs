using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Spud.Server.Http;

/// <summary>JSON answers in UTF-8, with escapes only where JSON needs them.</summary>
internal static class JsonBody
{
    // Nothing here is put into HTML, for which the default encoder escapes further characters.
    public static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an answer.</summary>
    public static async Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        ArrayBufferWriter<byte> body = new();
        using (Utf8JsonWriter writer = new(body, Plain))
            JsonSerializer.Serialize(writer, value, type);

        context.Response.ContentLength = body.WrittenCount;
        await context.Response.BodyWriter.WriteAsync(body.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
    }
}
