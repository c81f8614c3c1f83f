using System.Text.Json.Serialization;

namespace Spud.Server.Tokenize;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Tokens))]
internal sealed partial class TokenizeJson : JsonSerializerContext;
