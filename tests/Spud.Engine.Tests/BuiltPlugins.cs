namespace Spud.Tests;

/// <summary>The plugins that came with Spud, as the build of the host left them.</summary>
internal static class BuiltPlugins
{
    /// <summary>Holds one folder a plugin.</summary>
    public static string Folder
    {
        get
        {
            // bin/<configuration>/<framework>: the host's output has the same two.
            DirectoryInfo framework = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            return Path.Combine(TestData.Root, "Spud.Host", "bin", framework.Parent!.Name, framework.Name, "plugins");
        }
    }
}
