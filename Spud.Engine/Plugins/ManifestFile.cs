using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Spud.Plugins;

/// <summary><c>spud-plugin.json</c> as written; <see cref="PluginManifest"/> is its meaning.</summary>
internal sealed class ManifestFile
{
    private const string SemanticVersion =
        @"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?";

    [Required, RegularExpression(@"[a-z0-9]+([.-][a-z0-9]+)*"), StringLength(128)]
    public string Id { get; set; } = "";

    [Required, RegularExpression(SemanticVersion), StringLength(128)]
    public string Version { get; set; } = "";

    [Required]
    public string Contract { get; set; } = "";

    [Required, RegularExpression(@"[^/\\:\x00-\x1f]+\.dll"), StringLength(255)]
    public string EntryAssembly { get; set; } = "";

    [Required, RegularExpression(@"[\w.+`]+"), StringLength(1024)]
    public string EntryType { get; set; } = "";

    [Required]
    public ManifestComponents Components { get; set; } = new();

    public string[] NativeLibraries { get; set; } = [];

    public bool ProbeMayCrash { get; set; }

    [StringLength(256, MinimumLength = 1)]
    public string? Setup { get; set; }
}

/// <summary>Names of offered components by role.</summary>
internal sealed class ManifestComponents
{
    public string[] Head { get; set; } = [];

    public string[] Attention { get; set; } = [];

    public string[] Cache { get; set; } = [];

    public string[] Router { get; set; } = [];

    public string[] Experts { get; set; } = [];

    public string[] Fold { get; set; } = [];

    public string[] Scheduler { get; set; } = [];

    public string[] Drafter { get; set; } = [];

    public string[] Depth { get; set; } = [];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ManifestFile))]
internal sealed partial class ManifestJson : JsonSerializerContext;
