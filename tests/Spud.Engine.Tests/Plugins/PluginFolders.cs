using System.Buffers.Binary;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text;
using Spud.Plugins;
using Xunit;

namespace Spud.Tests.Plugins;

/// <summary>A folder of plugins for one test: copies of what <c>tests/plugins</c> builds, edited to be wrong in one way.</summary>
internal sealed class PluginFolders : IDisposable
{
    private readonly TempFolder _folder = new();

    public string Path => _folder.Path;

    /// <summary>Copies a built plugin and returns its folder.</summary>
    /// <param name="project">"Odd" or "Reader".</param>
    /// <param name="name">Of the copy; also its id.</param>
    /// <param name="behaviour">For Odd.</param>
    /// <param name="edits">Of the manifest: old text, new text.</param>
    public string Add(string project, string? name = null, string? behaviour = null, params (string Old, string New)[] edits)
    {
        string source = TestData.Built(project), target = System.IO.Path.Combine(Path, name ?? project.ToLowerInvariant());
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = System.IO.Path.Combine(target, System.IO.Path.GetRelativePath(source, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        if (name is not null)
            Edit(target, ($"\"id\": \"{project.ToLowerInvariant()}\"", $"\"id\": \"{name}\""));
        Edit(target, edits);
        if (behaviour is not null)
            Behave(target, behaviour);
        return target;
    }

    /// <summary>Replaces text of a manifest.</summary>
    public static void Edit(string folder, params (string Old, string New)[] edits)
    {
        string file = System.IO.Path.Combine(folder, PluginManifest.FileName), text = File.ReadAllText(file);
        foreach ((string old, string changed) in edits)
            text = text.Contains(old, StringComparison.Ordinal) ? text.Replace(old, changed, StringComparison.Ordinal) : throw new ArgumentException($"no '{old}' in {file}");
        File.WriteAllText(file, text);
    }

    /// <summary>Tells Odd what to do.</summary>
    public static void Behave(string folder, string behaviour) => File.WriteAllText(System.IO.Path.Combine(folder, "behaviour.txt"), behaviour);

    /// <summary>Renames in an assembly's metadata, as if it had been compiled against something else; the new name may be shorter.</summary>
    public static void Rename(string assembly, string old, string changed)
    {
        byte[] bytes = File.ReadAllBytes(assembly), from = Encoding.UTF8.GetBytes($"\0{old}\0"), to = Encoding.UTF8.GetBytes($"\0{changed.PadRight(old.Length, '\0')}\0");
        Assert.Equal(from.Length, to.Length);
        int at = bytes.AsSpan().IndexOf(from);
        Assert.True(at >= 0, $"no '{old}' in {assembly}");
        to.CopyTo(bytes, at);
        File.WriteAllBytes(assembly, bytes);
    }

    /// <summary>Makes an assembly refer to another major version of one that it was compiled against.</summary>
    public static void Require(string assembly, string reference, ushort major)
    {
        byte[] bytes = File.ReadAllBytes(assembly);
        using (PEReader image = new(new MemoryStream(bytes)))
        {
            MetadataReader reader = image.GetMetadataReader();
            AssemblyReferenceHandle handle = reader.AssemblyReferences.Single(handle => reader.GetString(reader.GetAssemblyReference(handle).Name) == reference);
            int row = reader.GetTableMetadataOffset(TableIndex.AssemblyRef) + ((MetadataTokens.GetRowNumber(handle) - 1) * reader.GetTableRowSize(TableIndex.AssemblyRef));
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(image.PEHeaders.MetadataStartOffset + row), major); // the first column
        }

        File.WriteAllBytes(assembly, bytes);
    }

    public PluginCatalog Discover(PluginCatalogOptions? options = null) => PluginCatalog.Discover([Path], options ?? new PluginCatalogOptions());

    public void Dispose() => _folder.Dispose();
}
