using System.Text.Json.Serialization;

namespace Spud.Runtime.Composition;

[JsonSerializable(typeof(ComponentSpec))]
internal sealed partial class SpecJson : JsonSerializerContext;
