namespace Spud.Plugins;

/// <summary>Copies of plugin folders in the system's temporary folder, so that the originals can be replaced while their code runs.</summary>
internal sealed class ShadowFolders : IDisposable
{
    private readonly List<DirectoryInfo> _copies = [];

    /// <summary>Creates a copy and returns its full path.</summary>
    /// <exception cref="IOException">The copy cannot be created.</exception>
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

    /// <summary>Deletes the copies, except those whose files are still in use.</summary>
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
                continue; // Windows locks loaded libraries; the system's cleanup of temporary files removes what is left
            }
        }

        _copies.Clear();
    }
}
