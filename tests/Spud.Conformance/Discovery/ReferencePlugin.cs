using Spud.Conformance.Fixtures;

namespace Spud.Conformance.Discovery;

/// <summary>The plain plugin that fills the other roles of a pipeline: it travels inside this assembly.</summary>
internal static class ReferencePlugin
{
    private static readonly Lazy<string> s_folder = new(() => EmbeddedFiles.UnpackAll("reference", "Reference.dll", "Reference.deps.json", "spud-plugin.json"));

    /// <summary>Where it lies as a plugin folder.</summary>
    public static string Folder => s_folder.Value;
}
