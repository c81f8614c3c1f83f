using System.Text.Json.Serialization;

namespace Reference;

/// <summary>What a component may do wrong on purpose, so that a test can show that the conformance kit sees it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Fault>))]
internal enum Fault
{
    /// <summary>Nothing.</summary>
    [JsonStringEnumMemberName("none")]
    None,
}
