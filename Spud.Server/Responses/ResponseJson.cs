using System.Text.Json.Serialization;

namespace Spud.Server.Responses;

/// <summary>The answer has all of its fields, null or not.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ResponseBody))]
internal sealed partial class ResponseJson : JsonSerializerContext;
