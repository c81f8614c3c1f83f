namespace Spud.Host;

/// <summary>Identifies files, to determine whether two paths refer to the same one.</summary>
/// <param name="Key">Equal for two paths of one file: device and inode on Linux, elsewhere the full path with all links resolved.</param>
/// <param name="IsOrdinary">Whether it can be replaced; false for a device or a pipe.</param>
internal readonly record struct FileIdentity(string Key, bool IsOrdinary)
{
    /// <summary>The file at a path, or where one would be created.</summary>
    public static FileIdentity Of(string path)
    {
        path = StandardStreams.PathOf(path);
        // Links such as /dev/stdout lead to files without a path: the kernel follows them, we cannot.
        if (OperatingSystem.IsLinux() && LinuxFile.Identify(path) is { } known)
            return new(known.Key, known.IsRegular);

        string target = Target(path);
        if (Path.GetDirectoryName(target) is { } folder && OperatingSystem.IsLinux() && LinuxFile.Identify(folder) is { } parent)
            return new($"{parent.Key}/{Path.GetFileName(target)}", true);

        // Without information from the kernel, a device is recognised by its length, which is always 0.
        return new(OperatingSystem.IsLinux() ? target : target.ToUpperInvariant(), !File.Exists(target) || new FileInfo(target).Length > 0);
    }

    /// <summary>The full path with all links resolved.</summary>
    public static string Target(string path) => Path.GetFullPath(new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName);
}
