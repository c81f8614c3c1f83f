using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spud.Composition;

namespace Spud.Host;

/// <summary>One plugin of <c>spud plugins --json</c>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Null if the manifest cannot be read.</param>
/// <param name="Status">"active", "unavailable", "incompatible", "malformed", "faulty" or "duplicate".</param>
/// <param name="Reason">What is wrong and what to do; null if it is active.</param>
/// <param name="Notes">Harmless problems that should be fixed.</param>
/// <param name="Components">Names by role.</param>
/// <param name="Folder">Full path.</param>
internal sealed record PluginResult(string Id, string? Version, string Status, string? Reason, string[] Notes, SortedDictionary<string, string[]> Components, string Folder);

/// <summary>Output of <c>spud plugins --json</c>.</summary>
/// <param name="Folders">The folders searched.</param>
/// <param name="Plugins">Plugins in the order they were found.</param>
internal sealed record PluginsResult(string[] Folders, PluginResult[] Plugins);

/// <summary>Output of <c>spud plugins add --json</c>.</summary>
/// <param name="Plugin">The installed plugin; its status is "active" or "unavailable".</param>
/// <param name="Replaced">The version that was replaced; null if none.</param>
internal sealed record PluginAddedResult(PluginResult Plugin, string? Replaced);

/// <summary>Output of <c>spud plugins remove --json</c>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Null if its manifest could not be read.</param>
/// <param name="Folder">Full path of the removed folder.</param>
internal sealed record PluginRemovedResult(string Id, string? Version, string Folder);

[JsonSerializable(typeof(PipelineExplanation))]
[JsonSerializable(typeof(PluginsResult))]
[JsonSerializable(typeof(PluginAddedResult))]
[JsonSerializable(typeof(PluginRemovedResult))]
[JsonSerializable(typeof(DoctorReport))]
internal sealed partial class InspectionJson : JsonSerializerContext
{
    /// <summary>Camel case, on one line, without HTML escapes.</summary>
    public static InspectionJson Readable { get; } = new(new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new FiniteNumber(), new FiniteSingle() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
