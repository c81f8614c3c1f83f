using System.IO.Compression;

namespace Spud.Host.Tests.Cli;

public sealed class PluginPackageFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("spud-test-");

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Optimal)]
    public void A_package_with_one_flipped_bit_is_refused_or_unpacks_to_the_same_bytes(CompressionLevel level)
    {
        byte[] content = new byte[3_000], package = Pack(content, level);
        Assert.Equal(content, Unpacked(package));
        Random random = new(1);
        int refused = 0;
        for (int i = 0; i < 300; i++)
        {
            byte[] damaged = [.. package];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            if (Unpacked(damaged) is { } bytes)
                Assert.Equal(content, bytes);
            else
                refused++;
        }

        Assert.InRange(refused, 100, 300);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static byte[] Pack(byte[] content, CompressionLevel level)
    {
        new Random(7).NextBytes(content);
        using MemoryStream package = new();
        using (ZipArchive archive = new(package, ZipArchiveMode.Create, leaveOpen: true))
        {
            using (StreamWriter manifest = new(archive.CreateEntry("spud-plugin/spud-plugin.json", level).Open()))
                manifest.Write("{}");

            using Stream library = archive.CreateEntry("spud-plugin/Odd.dll", level).Open();
            library.Write(content);
        }

        return package.ToArray();
    }

    /// <summary>The library's bytes; null: the package was refused.</summary>
    private byte[]? Unpacked(byte[] package)
    {
        string file = Path.Combine(_folder.FullName, "odd.nupkg"), target = Path.Combine(_folder.FullName, Path.GetRandomFileName());
        File.WriteAllBytes(file, package);
        try
        {
            PluginPackageFiles.Unpack(file, new PluginFiles(file, target, CancellationToken.None));
            string library = Path.Combine(target, "Odd.dll");
            return File.Exists(library) ? File.ReadAllBytes(library) : null;
        }
        catch (BadInputException)
        {
            return null;
        }
    }
}
