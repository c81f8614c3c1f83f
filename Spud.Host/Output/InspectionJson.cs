using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spud.Composition;

namespace Spud.Host;

/// <summary>One plugin of <c>spud plugins --json</c>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Null where the manifest cannot be read.</param>
/// <param name="Status">"active", "unavailable", "incompatible", "malformed", "faulty" or "duplicate".</param>
/// <param name="Reason">What is wrong and what to do; null if it is active.</param>
/// <param name="Notes">What does no harm but should be put right.</param>
/// <param name="Components">Names by role.</param>
/// <param name="Folder">Full path.</param>
internal sealed record PluginResult(string Id, string? Version, string Status, string? Reason, string[] Notes, SortedDictionary<string, string[]> Components, string Folder);

/// <summary>What <c>spud plugins --json</c> prints.</summary>
/// <param name="Folders">That were searched.</param>
/// <param name="Plugins">In the order in which they were found.</param>
internal sealed record PluginsResult(string[] Folders, PluginResult[] Plugins);

/// <summary>What <c>spud plugins add --json</c> prints.</summary>
/// <param name="Plugin">As it is now; its status is "active" or "unavailable".</param>
/// <param name="Replaced">The version that was there before; null: none.</param>
internal sealed record PluginAddedResult(PluginResult Plugin, string? Replaced);

/// <summary>What <c>spud plugins remove --json</c> prints.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Null where its manifest could not be read.</param>
/// <param name="Folder">Full path; gone.</param>
internal sealed record PluginRemovedResult(string Id, string? Version, string Folder);

[JsonSerializable(typeof(PipelineExplanation))]
[JsonSerializable(typeof(PluginsResult))]
[JsonSerializable(typeof(PluginAddedResult))]
[JsonSerializable(typeof(PluginRemovedResult))]
[JsonSerializable(typeof(DoctorReport))]
internal sealed partial class InspectionJson : JsonSerializerContext
{
    /// <summary>Camel case, one line, without escapes made for HTML.</summary>
    public static InspectionJson Readable { get; } = new(new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new FiniteNumber(), new FiniteSingle() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
