using System.CommandLine;
using Spud.Plugins;

namespace Spud.Host;

/// <summary>The source of a plugin's files: its folder, or the package that <c>dotnet pack</c> makes from its project.</summary>
internal sealed class PluginSource
{
    private PluginSource(string path, bool isFolder) => (Path, IsFolder) = (path, isFolder);

    /// <summary>Full path.</summary>
    public string Path { get; }

    /// <summary>Whether it is a folder rather than a package.</summary>
    public bool IsFolder { get; }

    /// <summary>The argument of a command that takes a source.</summary>
    public static Argument<string> Argument() => new("DIR|NUPKG")
    {
        Description = $"The plugin's folder (the one with {PluginManifest.FileName}), or the package that 'dotnet pack' makes from its project.",
    };

    /// <exception cref="BadInputException">There is no such folder or package.</exception>
    public static PluginSource Of(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            RequireOne(full);
            return new(full, isFolder: true);
        }

        return File.Exists(full)
            ? new(full, isFolder: false)
            : throw new BadInputException($"no such folder or package: {full}. Give the folder with the plugin's {PluginManifest.FileName}, or the .nupkg that 'dotnet pack' makes from its project.");
    }

    // A folder of plugins, as accepted by --plugins, is easily mistaken for a plugin folder.
    private static void RequireOne(string folder)
    {
        if (File.Exists(System.IO.Path.Combine(folder, PluginManifest.FileName)))
            return;

        string[] plugins = [.. Directory.EnumerateDirectories(folder).Where(below => File.Exists(System.IO.Path.Combine(below, PluginManifest.FileName))).Take(5)];
        if (plugins.Length > 0)
            throw new BadInputException($"{folder}: contains no {PluginManifest.FileName}, but is a folder of plugins. Name one of them: {string.Join(", ", plugins)}");
    }

    /// <summary>Copies the plugin's files.</summary>
    /// <param name="folder">An empty folder.</param>
    /// <param name="cancellation">Checked between files and while a large one is copied.</param>
    /// <exception cref="BadInputException">It contains no plugin, or something that cannot be copied.</exception>
    public void CopyTo(string folder, CancellationToken cancellation)
    {
        PluginFiles files = new(Path, folder, cancellation);
        if (IsFolder)
            PluginFolderFiles.Copy(Path, files);
        else
            PluginPackageFiles.Unpack(Path, files);
    }
}
