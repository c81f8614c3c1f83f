using Spud.Configuration;
using Spud.Plugins;

namespace Spud.Host;

/// <summary>
/// The user's folder of plugins. A plugin is installed and removed by a single rename; incomplete installations and removals are kept next to
/// the plugins in hidden folders, which are never loaded and are cleared by the next change. Only one process changes it at a time.
/// </summary>
internal sealed class UserPlugins : IDisposable
{
    private const string Coming = ".coming-";
    private const string Going = ".going-";
    private readonly string _folder;
    private readonly FileStream _lock;

    /// <summary>Locks the folder, and creates it if necessary.</summary>
    /// <exception cref="BadInputException">It cannot be written, or another process is changing it.</exception>
    public UserPlugins(string folder)
    {
        (_folder, _lock) = (folder, Take(folder));
        ClearUp();
    }

    /// <summary>Runs all loading steps on a plugin folder in such a way that it can be moved afterwards.</summary>
    public static PluginStatus CheckMovable(string folder) => PluginCatalog.Check(folder, new PluginCatalogOptions
    {
        ProbeCommand = ProbePluginCommand.Start,
        // Windows locks the files of loaded code, so a copy is loaded there.
        Reloadable = OperatingSystem.IsWindows(),
    });

    /// <summary>A folder to copy a plugin to, next to the others but not yet one of them.</summary>
    public string NewStage()
    {
        string stage = Hidden(Coming);
        Directory.CreateDirectory(stage);
        return stage;
    }

    /// <summary>Deletes a staged folder, unless it has been installed.</summary>
    public static void Discard(string stage)
    {
        if (Directory.Exists(stage))
            Delete(stage);
    }

    /// <summary>The version of an installed plugin, "unknown" if its manifest is broken; null if it is not installed.</summary>
    public string? VersionOf(string id)
    {
        string folder = FolderOf(id);
        if (!Path.Exists(folder))
            return null;
        try
        {
            return PluginManifest.Load(Path.Combine(folder, PluginManifest.FileName)).Version;
        }
        catch (ConfigurationException)
        {
            return "unknown"; // it is replaced or removed anyway
        }
    }

    /// <summary>Installs a staged folder as the plugin, replacing an existing one.</summary>
    public void Install(string staged, string id)
    {
        string target = FolderOf(id), old = Hidden(Going + id + "-");
        bool replaces = Path.Exists(target);
        if (replaces)
            Directory.Move(target, old);
        try
        {
            Directory.Move(staged, target);
        }
        catch when (replaces)
        {
            Directory.Move(old, target);
            throw;
        }

        if (replaces)
            Delete(old);
    }

    /// <summary>Removes a plugin.</summary>
    /// <param name="folder">The plugin's folder.</param>
    public void Remove(string folder)
    {
        string going = Hidden(Going);
        Directory.Move(folder, going);
        Delete(going);
    }

    /// <summary>The folder of an installed plugin.</summary>
    public string FolderOf(string id) => Path.Combine(_folder, id);

    public void Dispose() => _lock.Dispose();

    private static FileStream Take(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new(Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException busy) when (Directory.Exists(folder))
        {
            throw new BadInputException($"{folder}: cannot be changed now: {busy.Message} Wait for the other 'spud plugins' to end.");
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{folder}: cannot be written: {denied.Message} Check the permissions of your plugin folder.");
        }
    }

    private string Hidden(string prefix) => Path.Combine(_folder, prefix + Path.GetRandomFileName());

    // Clears the remains of an interrupted change. A plugin that was being replaced is restored if its successor was not installed.
    private void ClearUp()
    {
        foreach (string left in Directory.EnumerateDirectories(_folder, ".*").Where(IsOurs).ToArray())
        {
            string name = Path.GetFileName(left), id = name.StartsWith(Going, StringComparison.Ordinal) ? name[Going.Length..Math.Max(Going.Length, name.LastIndexOf('-'))] : "";
            if (id.Length > 0 && !Path.Exists(FolderOf(id)))
                Directory.Move(left, FolderOf(id));
            else
                Delete(left);
        }
    }

    private static bool IsOurs(string folder) => Path.GetFileName(folder) is { } name
        && (name.StartsWith(Coming, StringComparison.Ordinal) || name.StartsWith(Going, StringComparison.Ordinal));

    private static void Delete(string folder)
    {
        // If the folder is a link, only the link is removed, not its target.
        if (new DirectoryInfo(folder).LinkTarget is not null)
            Directory.Delete(folder);
        else
            Directory.Delete(folder, recursive: true);
    }
}
