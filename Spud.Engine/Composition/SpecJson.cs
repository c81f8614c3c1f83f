using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spud.Composition;

[JsonSerializable(typeof(ComponentSpec))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class SpecJson : JsonSerializerContext;
