using System.Text.Json.Serialization;

namespace Spud.Server.Responses;

/// <summary>An event has only the fields of its kind, but an answer or a part in it has all of its own.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ResponseEvent))]
internal sealed partial class EventJson : JsonSerializerContext;
