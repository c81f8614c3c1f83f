using System.Text.Json.Serialization;

namespace Spud.Composition;

[JsonSerializable(typeof(ComponentSpec))]
internal sealed partial class SpecJson : JsonSerializerContext;
