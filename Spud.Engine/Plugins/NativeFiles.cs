using System.Runtime.InteropServices;

namespace Spud.Plugins;

/// <summary>Locations of a plugin's native libraries: its folder, or <c>runtimes/RID/native</c> in it.</summary>
internal static class NativeFiles
{
    /// <summary><c>linux-x64</c> or similar, regardless of what the runtime was built for.</summary>
    public static string PortableIdentifier { get; } =
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux") + "-" + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    /// <summary>Path of a library in a plugin's folder, or null.</summary>
    /// <param name="folder">The plugin's folder.</param>
    /// <param name="name">Name with or without the system's prefix and suffix: <c>torch</c>, <c>libtorch.so</c>.</param>
    public static string? Find(string folder, string name) =>
        Folders(folder).SelectMany(place => Spellings(name).Select(file => Path.Combine(place, file))).FirstOrDefault(File.Exists);

    /// <summary>Whether the system's own loader finds a library.</summary>
    public static bool IsOnSystem(string name)
    {
        foreach (string spelling in Spellings(name))
        {
            if (NativeLibrary.TryLoad(spelling, out nint handle))
            {
                NativeLibrary.Free(handle);
                return true;
            }
        }

        return false;
    }

    /// <summary>The searched places, for messages.</summary>
    public static string Searched(string folder) => string.Join(", ", Folders(folder));

    private static IEnumerable<string> Folders(string folder) =>
        new[] { RuntimeInformation.RuntimeIdentifier, PortableIdentifier }
            .Distinct()
            .Select(identifier => Path.Combine(folder, "runtimes", identifier, "native"))
            .Prepend(folder);

    private static IEnumerable<string> Spellings(string name)
    {
        (string prefix, string suffix) = OperatingSystem.IsWindows() ? ("", ".dll") : OperatingSystem.IsMacOS() ? ("lib", ".dylib") : ("lib", ".so");
        return new[] { name, prefix + name + suffix, name + suffix, prefix + name }.Distinct();
    }
}
