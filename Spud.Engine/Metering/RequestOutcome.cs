using System.Text.Json.Serialization;

namespace Spud.Metering;

/// <summary>How a request ended.</summary>
[JsonConverter(typeof(CamelCase<RequestOutcome>))]
public enum RequestOutcome
{
    /// <summary>It has not ended.</summary>
    Running,

    /// <summary>It completed normally.</summary>
    Finished,

    /// <summary>The next token might have cost more than the remaining budget.</summary>
    StoppedByBudget,

    /// <summary>Its prompt might have cost more than its budget: nothing was computed.</summary>
    Refused,

    /// <summary>The caller cancelled it.</summary>
    Cancelled,

    /// <summary>Its deadline has passed.</summary>
    Expired,

    /// <summary>A component threw.</summary>
    Failed,
}
