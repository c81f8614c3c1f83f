using System.Text.Json;

namespace Spud.Server.Http;

/// <summary>The JSON object of a request. Its fields are read one by one, so that each fault has one clear message.</summary>
internal sealed class RequestBody : IDisposable
{
    private static readonly JsonDocumentOptions s_strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    private readonly JsonDocument _document;

    private RequestBody(JsonDocument document) => _document = document;

    /// <summary>The fields.</summary>
    public Fields Fields => new(_document.RootElement, "");

    /// <summary>Reads the body.</summary>
    /// <exception cref="ApiException">It is not one JSON object.</exception>
    public static async Task<RequestBody> ReadAsync(HttpContext context)
    {
        JsonDocument document;
        try
        {
            document = await JsonDocument.ParseAsync(context.Request.Body, s_strict, context.RequestAborted).ConfigureAwait(false);
        }
        catch (JsonException fault)
        {
            string where = fault.LineNumber is { } line ? $" (line {line + 1}, byte {fault.BytePositionInLine + 1})" : "";
            throw new ApiException(StatusCodes.Status400BadRequest, $"The body is not valid JSON{where}: {Reason(fault)}", null, "invalid_json");
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
            return new(document);

        using (document)
            throw new ApiException(StatusCodes.Status400BadRequest, $"The body is {Fields.Kind(document.RootElement)}, expected a JSON object.", null, "invalid_json");
    }

    /// <inheritdoc/>
    public void Dispose() => _document.Dispose();

    // The message repeats the place at its end.
    private static string Reason(JsonException fault) => fault.Message.Split(" LineNumber:")[0];
}
