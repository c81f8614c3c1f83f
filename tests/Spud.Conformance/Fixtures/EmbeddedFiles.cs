using System.Security.Cryptography;

namespace Spud.Conformance.Fixtures;

/// <summary>Files that travel inside this assembly.</summary>
internal static class EmbeddedFiles
{
    /// <summary>Unpacks files into a folder; one for each content, so that test programs of several versions do not meet.</summary>
    /// <param name="folder">Its name.</param>
    /// <param name="names">The files.</param>
    /// <returns>The folder's full path.</returns>
    public static string UnpackAll(string folder, params string[] names)
    {
        byte[][] contents = [.. names.Select(Read)];
        string hash = Convert.ToHexStringLower(SHA256.HashData([.. contents.SelectMany(static bytes => bytes)]))[..16];
        string path = Path.Combine(Path.GetTempPath(), $"spud-conformance-{Environment.UserName}-{hash}", folder);
        Directory.CreateDirectory(path);
        foreach ((string name, byte[] bytes) in names.Zip(contents))
            Write(Path.Combine(path, name), bytes);

        return path;
    }

    /// <summary>Unpacks one file; its full path.</summary>
    public static string Unpack(string folder, string name) => Path.Combine(UnpackAll(folder, name), name);

    /// <summary>The contents of a file.</summary>
    public static byte[] Read(string name)
    {
        using Stream resource = typeof(EmbeddedFiles).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"resource {name} is missing from {typeof(EmbeddedFiles).Assembly.GetName().Name}");
        byte[] bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }

    // Other test programs may write the same file at the same moment, or have it loaded.
    private static void Write(string path, byte[] bytes)
    {
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
            return;

        string temporary = $"{path}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}";
        File.WriteAllBytes(temporary, bytes);
        File.Move(temporary, path, overwrite: true);
    }
}
