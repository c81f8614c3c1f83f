using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spud.Host.Repl.Export;

/// <summary>Conversations as readable JSON.</summary>
[JsonSerializable(typeof(ConversationRecord))]
[JsonSerializable(typeof(ConversationEntryRecord[]))]
internal sealed partial class ExportJson : JsonSerializerContext
{
    /// <summary>Camel case, without HTML escaping.</summary>
    public static ExportJson Readable { get; } = new(new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new FiniteNumber() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
