using System.Text.Json.Serialization;

namespace Spud.Host;

/// <summary>Result of a check.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CheckStatus>))]
internal enum CheckStatus
{
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>It will run, but not optimally, or not everything can be used.</summary>
    [JsonStringEnumMemberName("warn")]
    Warn,

    /// <summary>It will not run.</summary>
    [JsonStringEnumMemberName("fail")]
    Fail,
}

/// <summary>One line of <c>spud doctor</c>.</summary>
/// <param name="Name">Stable name: "processor", "model", "plugin backend.cpu".</param>
/// <param name="Status">Result of the check.</param>
/// <param name="Message">The finding.</param>
/// <param name="Advice">What to do; null if nothing.</param>
internal sealed record DoctorCheck(string Name, CheckStatus Status, string Message, string? Advice = null);

/// <summary>Output of <c>spud doctor --json</c>.</summary>
/// <param name="Status">The worst status of all checks.</param>
/// <param name="Machine">The machine.</param>
/// <param name="Checks">Checks in the order they were made.</param>
internal sealed record DoctorReport(CheckStatus Status, Machine Machine, DoctorCheck[] Checks);
