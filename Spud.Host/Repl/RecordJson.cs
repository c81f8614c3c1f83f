using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spud.Host.Repl;

/// <summary>JSON metadata for the records of a session.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(Storage.StoredToken[]))]
[JsonSerializable(typeof(Storage.StoredSource))]
internal sealed partial class RecordJson : JsonSerializerContext;
