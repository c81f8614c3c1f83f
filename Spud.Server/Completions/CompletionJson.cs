using System.Text.Json.Serialization;

namespace Spud.Server.Completions;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TextCompletion))]
internal sealed partial class CompletionJson : JsonSerializerContext;
