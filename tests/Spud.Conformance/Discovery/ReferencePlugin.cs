using System.Reflection;
using System.Security.Cryptography;

namespace Spud.Conformance.Discovery;

/// <summary>The plain plugin that fills the other roles of a pipeline; it is a resource of this assembly.</summary>
internal static class ReferencePlugin
{
    private static readonly string[] s_files = ["Reference.dll", "Reference.deps.json", "spud-plugin.json"];
    private static readonly Lazy<string> s_folder = new(Unpack);

    /// <summary>Path of its plugin folder.</summary>
    public static string Folder => s_folder.Value;

    // One folder for each content, so that test programs of several versions do not meet.
    private static string Unpack()
    {
        byte[][] contents = [.. s_files.Select(Read)];
        string hash = Convert.ToHexStringLower(SHA256.HashData([.. contents.SelectMany(bytes => bytes)]))[..16];
        string folder = Path.Combine(Path.GetTempPath(), $"spud-conformance-{Environment.UserName}-{hash}", "reference");
        Directory.CreateDirectory(folder);
        foreach ((string name, byte[] bytes) in s_files.Zip(contents))
            Write(Path.Combine(folder, name), bytes);

        return folder;
    }

    private static byte[] Read(string name)
    {
        using Stream resource = typeof(ReferencePlugin).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"resource {name} is missing from {Assembly.GetExecutingAssembly().GetName().Name}");
        byte[] bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }

    // Other test programs may write the same file at the same moment, or have it loaded.
    private static void Write(string path, byte[] bytes)
    {
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
            return;

        string temporary = $"{path}.{Environment.ProcessId}";
        File.WriteAllBytes(temporary, bytes);
        File.Move(temporary, path, overwrite: true);
    }
}
