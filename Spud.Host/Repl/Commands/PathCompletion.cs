namespace Spud.Host.Repl.Commands;

/// <summary>Completes paths.</summary>
internal static class PathCompletion
{
    private const int Maximum = 100;

    /// <summary>Folders, and files with an extension; hidden ones only if a dot was typed.</summary>
    /// <param name="typed">The text typed so far.</param>
    /// <param name="extension">Such as ".gguf"; null for any.</param>
    public static IEnumerable<string> Of(string typed, string? extension)
    {
        string folder = Path.GetDirectoryName(typed) is { Length: > 0 } named ? named : typed.StartsWith('/') ? "/" : ".", begin = Path.GetFileName(typed);
        if (!Directory.Exists(folder))
            return [];

        EnumerationOptions options = new() { IgnoreInaccessible = true, AttributesToSkip = begin.StartsWith('.') ? 0 : FileAttributes.Hidden };
        return [.. new DirectoryInfo(folder).EnumerateFileSystemInfos($"{begin}*", options)
            .Where(entry => entry is DirectoryInfo || extension is null || entry.Name.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
            .Take(Maximum).Select(entry => Written(typed, begin, entry)).Order(StringComparer.Ordinal)];
    }

    private static string Written(string typed, string begin, FileSystemInfo entry) =>
        string.Concat(typed.AsSpan(0, typed.Length - begin.Length), entry.Name, entry is DirectoryInfo ? "/" : "");
}
