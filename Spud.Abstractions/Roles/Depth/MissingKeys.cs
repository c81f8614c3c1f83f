using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Spud;

/// <summary>What becomes of the keys and values that a row would have had in the layers that it does not pass through.</summary>
[Experimental(Experiments.Id)]
[JsonConverter(typeof(JsonStringEnumConverter<MissingKeys>))]
public enum MissingKeys
{
    /// <summary>They are computed from the row as it left, by the projections of each later layer; that is billed.</summary>
    [JsonStringEnumMemberName("fill")]
    Fill,

    /// <summary>There are none: later rows do not see the row in these layers.</summary>
    [JsonStringEnumMemberName("hole")]
    Hole,
}
