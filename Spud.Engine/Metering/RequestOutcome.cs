using System.Text.Json.Serialization;

namespace Spud.Metering;

/// <summary>How a request ended.</summary>
[JsonConverter(typeof(CamelCase<RequestOutcome>))]
public enum RequestOutcome
{
    /// <summary>It has not.</summary>
    Running,

    /// <summary>It did what was asked.</summary>
    Finished,

    /// <summary>The next token might have cost more than was left.</summary>
    StoppedByBudget,

    /// <summary>Its prompt might have cost more than its budget: nothing was computed.</summary>
    Refused,

    /// <summary>The caller cancelled it.</summary>
    Cancelled,

    /// <summary>A component threw.</summary>
    Failed,
}
