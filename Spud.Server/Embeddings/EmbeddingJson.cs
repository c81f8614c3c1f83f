using System.Text.Json.Serialization;

namespace Spud.Server.Embeddings;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EmbeddingList))]
internal sealed partial class EmbeddingJson : JsonSerializerContext;
