using System.Text.Json.Serialization;

namespace Spud.Configuration;

/// <summary>What the lengths of a request's drafts are chosen for. The text does not depend on it, only time and compute do.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DraftPreference>))]
public enum DraftPreference
{
    /// <summary>As many tokens as shorten the expected time of the answer most; none where drafts do not pay.</summary>
    [JsonStringEnumMemberName("latency")]
    Latency,

    /// <summary>Drafts that are almost certain: rows of rejected tokens stay within a twentieth of the rows of the answer.</summary>
    [JsonStringEnumMemberName("compute")]
    Compute,

    /// <summary>As many tokens as the drafter gives at most, whatever they cost; for comparisons.</summary>
    [JsonStringEnumMemberName("fixed")]
    Fixed,
}
