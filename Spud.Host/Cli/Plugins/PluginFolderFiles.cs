using Spud.Plugins;

namespace Spud.Host;

/// <summary>The files of a plugin's folder.</summary>
internal static class PluginFolderFiles
{
    private static readonly EnumerationOptions s_all = new() { AttributesToSkip = 0, RecurseSubdirectories = false };

    /// <summary>Copies all files. Links to files inside the folder are followed (native libraries use them); others are refused.</summary>
    /// <exception cref="BadInputException">It is not a plugin folder, or a link leads outside.</exception>
    public static void Copy(string folder, PluginFiles files)
    {
        if (!File.Exists(Path.Combine(folder, PluginManifest.FileName)))
            throw new BadInputException($"{folder}: contains no {PluginManifest.FileName}. Give a plugin's build output folder.");

        DirectoryInfo root = new(folder);
        Copy((DirectoryInfo?)root.ResolveLinkTarget(returnFinalTarget: true) ?? root, "", files, root: null);
    }

    private static void Copy(DirectoryInfo folder, string prefix, PluginFiles files, string? root)
    {
        root ??= folder.FullName;
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos("*", s_all).OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (entry is DirectoryInfo { LinkTarget: null } below)
            {
                Copy(below, $"{prefix}{below.Name}/", files, root);
                continue;
            }

            // Reading a pipe would block forever.
            if (!FileIdentity.Of(FileBehind(entry, root)).IsOrdinary)
                throw new BadInputException($"{entry.FullName}: is neither a file nor a folder. Remove it from the plugin's folder.");

            using FileStream content = new(FileBehind(entry, root), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            files.Write(prefix + entry.Name, content);
        }
    }

    private static string FileBehind(FileSystemInfo entry, string root)
    {
        if (entry.LinkTarget is null)
            return entry.FullName;
        return entry.ResolveLinkTarget(returnFinalTarget: true) is FileInfo { Exists: true } target && target.FullName.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? target.FullName
            : throw new BadInputException($"{entry.FullName}: is a link to {entry.LinkTarget}, which is not a file in the plugin's folder. Replace the link with a copy.");
    }
}
