using System.Text.Json.Serialization;

namespace Spud.Host;

/// <summary>How a check ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CheckStatus>))]
internal enum CheckStatus
{
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>It will run, but not as well as it could, or not everything can be used.</summary>
    [JsonStringEnumMemberName("warn")]
    Warn,

    /// <summary>It will not run.</summary>
    [JsonStringEnumMemberName("fail")]
    Fail,
}

/// <summary>One line of <c>spud doctor</c>.</summary>
/// <param name="Name">Stable: "processor", "model", "plugin backend.cpu".</param>
/// <param name="Status">How it ended.</param>
/// <param name="Message">What was found.</param>
/// <param name="Advice">What to do; null where there is nothing to do.</param>
internal sealed record DoctorCheck(string Name, CheckStatus Status, string Message, string? Advice = null);

/// <summary>What <c>spud doctor --json</c> prints.</summary>
/// <param name="Status">The worst of all checks.</param>
/// <param name="Machine">The machine.</param>
/// <param name="Checks">In the order in which they were made.</param>
internal sealed record DoctorReport(CheckStatus Status, Machine Machine, DoctorCheck[] Checks);
