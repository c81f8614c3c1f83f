using System.IO.Compression;
using System.Text;
using Spud.Plugins;

namespace Spud.Host.Tests.EndToEnd.Plugins;

/// <summary>A user's home for one test, and a copy of the plugin Odd to install there.</summary>
internal sealed class OddHome : IDisposable
{
    private const int SymbolicLink = 0xA1FF;
    private readonly TempFolder _folder = new();

    public OddHome()
    {
        Directory.CreateDirectory(Source);
        Directory.CreateDirectory(Home);
        foreach (string file in Directory.EnumerateFiles(TestData.Built("Odd")))
            File.Copy(file, Path.Combine(Source, Path.GetFileName(file)));
    }

    /// <summary>The user's home.</summary>
    public string Home => _folder.File("home");

    /// <summary>The plugin's folder.</summary>
    public string Source => _folder.File("source");

    /// <summary>A file or folder next to both.</summary>
    public string Beside(string name) => _folder.File(name);

    /// <summary>Where the user's plugins are.</summary>
    public string Plugins => Path.Combine(Home, ".spud", "plugins");

    /// <summary>Where Odd is once it is installed.</summary>
    public string Installed => Path.Combine(Plugins, "odd");

    /// <summary>Names of everything in the user's folder but its lock.</summary>
    public IEnumerable<string> InFolder => Directory.Exists(Plugins) ? Directory.EnumerateFileSystemEntries(Plugins).Select(path => Path.GetFileName(path)).Where(name => name != ".lock") : [];

    public Outcome Spud(params string[] arguments) => EndToEnd.Spud.RunAt(Home, ["plugins", .. arguments]);

    /// <summary>What the plugin does.</summary>
    public void Behave(string behaviour) => File.WriteAllText(Path.Combine(Source, "behaviour.txt"), behaviour);

    /// <summary>Changes the plugin's manifest.</summary>
    public void Edit(string old, string changed)
    {
        string manifest = Path.Combine(Source, PluginManifest.FileName), text = File.ReadAllText(manifest);
        Assert.Contains(old, text);
        File.WriteAllText(manifest, text.Replace(old, changed, StringComparison.Ordinal));
    }

    /// <summary>A package of the plugin as it is now, with more entries.</summary>
    /// <param name="entries">Names, as they stand in the package; "LINK name" is a symbolic link.</param>
    public string Pack(params string[] entries)
    {
        string package = _folder.File("odd.nupkg");
        File.Delete(package);
        using ZipArchive archive = ZipFile.Open(package, ZipArchiveMode.Create);
        Add(archive, "odd.nuspec", "<package/>"u8);
        foreach (string file in Directory.EnumerateFiles(Source))
            Add(archive, "spud-plugin/" + Path.GetFileName(file), File.ReadAllBytes(file));
        foreach (string entry in entries)
        {
            bool isLink = entry.StartsWith("LINK ", StringComparison.Ordinal);
            ZipArchiveEntry added = Add(archive, isLink ? entry[5..] : entry, Encoding.UTF8.GetBytes("/etc/passwd"));
            if (isLink)
                added.ExternalAttributes = SymbolicLink << 16;
        }

        return package;
    }

    public void Dispose() => _folder.Dispose();

    private static ZipArchiveEntry Add(ZipArchive archive, string name, ReadOnlySpan<byte> content)
    {
        ZipArchiveEntry entry = archive.CreateEntry(name);
        using Stream stream = entry.Open();
        stream.Write(content);
        return entry;
    }
}
