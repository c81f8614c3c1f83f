namespace Spud.Plugins;

/// <summary>Copies of plugin folders in the system's temporary folder, so that the originals can be replaced while their code runs.</summary>
internal sealed class ShadowFolders : IDisposable
{
    private readonly List<DirectoryInfo> _copies = [];

    /// <summary>Full path of a fresh copy.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public string Copy(string folder)
    {
        DirectoryInfo copy = Directory.CreateTempSubdirectory("spud-plugin-");
        _copies.Add(copy);
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(copy.FullName, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy.FullName;
    }

    /// <summary>Deletes the copies, except those whose files the system still holds.</summary>
    public void Dispose()
    {
        foreach (DirectoryInfo copy in _copies)
        {
            try
            {
                copy.Delete(recursive: true);
            }
            catch (Exception held) when (held is IOException or UnauthorizedAccessException)
            {
                continue; // Windows holds loaded libraries; the system's own cleaning of temporary files takes what is left
            }
        }

        _copies.Clear();
    }
}
