using System.Text.Json.Serialization;

namespace Spud.Composition;

/// <summary>The built-in scheduler has no options.</summary>
internal sealed class FifoOptions;

[JsonSerializable(typeof(FifoOptions))]
internal sealed partial class SchedulerJson : JsonSerializerContext;
