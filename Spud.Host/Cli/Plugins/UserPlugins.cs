using Spud.Configuration;
using Spud.Plugins;

namespace Spud.Host;

/// <summary>
/// The user's folder of plugins. A plugin comes and goes by one rename; what is not whole yet, or not gone yet, lies next to the plugins
/// in hidden folders, which are never loaded and the next change clears. One process changes it at a time.
/// </summary>
internal sealed class UserPlugins : IDisposable
{
    private const string Coming = ".coming-";
    private const string Going = ".going-";
    private readonly string _folder;
    private readonly FileStream _lock;

    /// <summary>Takes the folder, and makes it if it is not there.</summary>
    /// <exception cref="BadInputException">It cannot be written, or another process changes it now.</exception>
    public UserPlugins(string folder)
    {
        (_folder, _lock) = (folder, Take(folder));
        ClearUp();
    }

    /// <summary>Takes a plugin folder through all steps of loading in a way that it can be moved afterwards.</summary>
    public static PluginStatus CheckMovable(string folder) => PluginCatalog.Check(folder, new PluginCatalogOptions
    {
        ProbeCommand = ProbePluginCommand.Start,
        // Windows holds the files of loaded code: there a copy is loaded.
        Reloadable = OperatingSystem.IsWindows(),
    });

    /// <summary>A folder to copy a plugin to, next to the others and not yet among them.</summary>
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

    /// <summary>The version of an installed plugin, "unknown" if its manifest is broken; null: it is not installed.</summary>
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
            return "unknown"; // it is replaced or removed all the same
        }
    }

    /// <summary>Makes a staged folder the plugin, in the place of one that is there.</summary>
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
    /// <param name="folder">Of the user's.</param>
    public void Remove(string folder)
    {
        string going = Hidden(Going);
        Directory.Move(folder, going);
        Delete(going);
    }

    /// <summary>Where a plugin is installed.</summary>
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

    // What an interrupted change left behind. A plugin that was being replaced and whose successor did not come is put back.
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
        // Of a linked folder the link goes, and nothing behind it.
        if (new DirectoryInfo(folder).LinkTarget is not null)
            Directory.Delete(folder);
        else
            Directory.Delete(folder, recursive: true);
    }
}
