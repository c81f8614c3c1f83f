namespace Spud.Host;

/// <summary>Tells whether two paths name one file.</summary>
/// <param name="Key">Equal for two paths of one file: device and inode on Linux, elsewhere the full path behind all links.</param>
/// <param name="IsOrdinary">Whether it can be replaced; not so a device or a pipe.</param>
internal readonly record struct FileIdentity(string Key, bool IsOrdinary)
{
    /// <summary>The file at a path, or where one would come to lie.</summary>
    public static FileIdentity Of(string path)
    {
        path = StandardStreams.PathOf(path);
        // Links such as /dev/stdout lead to what has no path: the kernel follows them, not we.
        if (OperatingSystem.IsLinux() && LinuxFile.Identify(path) is { } known)
            return new(known.Key, known.IsRegular);

        string target = Target(path);
        if (Path.GetDirectoryName(target) is { } folder && OperatingSystem.IsLinux() && LinuxFile.Identify(folder) is { } parent)
            return new($"{parent.Key}/{Path.GetFileName(target)}", true);

        // Without the kernel's word, a device is told by its length, which is always 0.
        return new(OperatingSystem.IsLinux() ? target : target.ToUpperInvariant(), !File.Exists(target) || new FileInfo(target).Length > 0);
    }

    /// <summary>The full path behind all links.</summary>
    public static string Target(string path) => Path.GetFullPath(new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName);
}
