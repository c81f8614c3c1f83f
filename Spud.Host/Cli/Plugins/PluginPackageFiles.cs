using System.IO.Compression;
using Spud.Plugins;

namespace Spud.Host;

/// <summary>The files of a plugin in a NuGet package: those below <c>spud-plugin/</c>.</summary>
internal static class PluginPackageFiles
{
    private const string Root = "spud-plugin/";
    private const int UnixTypeShift = 16;
    private const int UnixTypeMask = 0xF000;
    private const int UnixRegularFile = 0x8000;

    /// <summary>Unpacks all files.</summary>
    /// <exception cref="BadInputException">It is not a package, is damaged, or contains no plugin or an entry that is not a regular file.</exception>
    public static void Unpack(string package, PluginFiles files)
    {
        try
        {
            using ZipArchive archive = ZipFile.OpenRead(package);
            // Entry names are URI parts: a space is %20.
            (string Name, ZipArchiveEntry Entry)[] entries = [.. archive.Entries.Select(entry => (Uri.UnescapeDataString(entry.FullName), entry)).Where(entry => entry.Item1.StartsWith(Root, StringComparison.Ordinal))];
            if (!entries.Any(entry => entry.Name == Root + PluginManifest.FileName))
                throw new BadInputException($"{package}: contains no plugin (no {Root}{PluginManifest.FileName}). 'dotnet pack' puts it there in a project that references Spud.Abstractions and sets SpudPlugin.");

            foreach ((string name, ZipArchiveEntry entry) in entries.Where(entry => !entry.Name.EndsWith('/')))
                Write(package, name, entry, files);
        }
        catch (Exception damaged) when (damaged is InvalidDataException or EndOfStreamException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException($"{package}: cannot be read as a package: {damaged.Message} Download it again.");
        }
    }

    private static void Write(string package, string name, ZipArchiveEntry entry, PluginFiles files)
    {
        int type = (entry.ExternalAttributes >> UnixTypeShift) & UnixTypeMask;
        if (type is not (0 or UnixRegularFile))
            throw new BadInputException($"{package}: '{name}' is not a regular file. Nothing was installed; do not trust this package.");

        using Stream content = entry.Open();
        files.Write(name[Root.Length..], content, entry.Crc32);
    }
}
