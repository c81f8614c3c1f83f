using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Spud.Server.Http;

/// <summary>An answer as server-sent events. It begins with the first event or comment, so that a fault before it still has a status.</summary>
/// <param name="response">The answer.</param>
/// <param name="aborted">Cancelled when the client leaves.</param>
internal sealed class EventStream(HttpResponse response, CancellationToken aborted)
{
    private static readonly byte[] s_data = "data: "u8.ToArray(), s_name = "event: "u8.ToArray(), s_end = "\n\n"u8.ToArray(), s_line = "\n"u8.ToArray();

    /// <summary>Whether anything was sent: from then on a fault is an event.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Sends an event.</summary>
    /// <param name="value">Its data.</param>
    /// <param name="type">How they are written.</param>
    /// <param name="name">Its name; null for none, as chat clients expect.</param>
    public async ValueTask SendAsync<T>(T value, JsonTypeInfo<T> type, string? name = null)
    {
        Begin();
        if (name is not null)
        {
            response.BodyWriter.Write(s_name);
            response.BodyWriter.Write(System.Text.Encoding.UTF8.GetBytes(name));
            response.BodyWriter.Write(s_line);
        }

        response.BodyWriter.Write(s_data);
        using (Utf8JsonWriter writer = new(response.BodyWriter, JsonBody.Plain))
            JsonSerializer.Serialize(writer, value, type);

        response.BodyWriter.Write(s_end);
        await FlushAsync().ConfigureAwait(false);
    }

    /// <summary>Sends a comment, which clients skip and proxies take for a sign of life.</summary>
    public ValueTask KeepAliveAsync()
    {
        Begin();
        response.BodyWriter.Write(": waiting\n\n"u8);
        return FlushAsync();
    }

    /// <summary>Sends the end mark of chat and completion streams.</summary>
    public ValueTask DoneAsync()
    {
        response.BodyWriter.Write("data: [DONE]\n\n"u8);
        return FlushAsync();
    }

    private async ValueTask FlushAsync() => await response.BodyWriter.FlushAsync(aborted).ConfigureAwait(false);

    private void Begin()
    {
        if (HasBegun)
            return;

        HasBegun = true;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        // Proxies such as nginx collect answers otherwise.
        response.Headers["X-Accel-Buffering"] = "no";
    }
}
