using System.IO.Hashing;

namespace Spud.Host;

/// <summary>Writes the files of one plugin below a folder, never outside it, and within the limits of a plugin.</summary>
/// <param name="source">Source of the files, for messages.</param>
/// <param name="folder">The target folder.</param>
/// <param name="cancellation">Cancels the whole copy.</param>
internal sealed class PluginFiles(string source, string folder, CancellationToken cancellation)
{
    /// <summary>Maximum number of files of a plugin.</summary>
    private const int MaxFiles = 20_000;

    /// <summary>Maximum size of a plugin in bytes: enough for the libraries of a large backend.</summary>
    public long MaxBytes { get; init; } = 8L << 30;

    private readonly byte[] _buffer = new byte[1 << 16];
    private int _files;
    private long _bytes;

    /// <summary>Writes one file.</summary>
    /// <param name="name">Relative path with '/' separators.</param>
    /// <param name="content">Read to its end.</param>
    /// <param name="crc32">Expected CRC-32 of the content; null if unknown.</param>
    /// <exception cref="BadInputException">The name leads outside or is a duplicate, the content is damaged, or the plugin is too large.</exception>
    public void Write(string name, Stream content, uint? crc32 = null)
    {
        if (++_files > MaxFiles)
            throw new BadInputException($"{source}: more than {MaxFiles} files, the maximum for a plugin.");

        string path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (Path.Exists(path))
            throw new BadInputException($"{source}: contains '{name}' twice. Pack the plugin again.");

        Crc32 hash = new();
        using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (int read; (read = content.Read(_buffer)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            // The bytes written count, not what a package declares.
            if ((_bytes += read) > MaxBytes)
                throw new BadInputException($"{source}: more than {Units.Bytes(MaxBytes)}, the maximum for a plugin.");

            hash.Append(_buffer.AsSpan(0, read));
            file.Write(_buffer.AsSpan(0, read));
        }

        if (crc32 is { } expected && hash.GetCurrentHashAsUInt32() is var got && got != expected)
            throw new BadInputException($"{source}: '{name}' is damaged: expected CRC-32 {expected:x8}, got {got:x8}. Nothing was installed; download the package again.");
    }

    private string PathOf(string name)
    {
        string[] parts = name.Split('/');
        if (parts.Any(part => part is "" or "." or ".." || part.AsSpan().IndexOfAny('\\', '\0') >= 0 || OperatingSystem.IsWindows() && part.Contains(':')))
            throw new BadInputException($"{source}: '{name}' is not a valid file name inside a plugin. Nothing was installed; do not trust this package.");

        return Path.Combine([folder, .. parts]);
    }
}
