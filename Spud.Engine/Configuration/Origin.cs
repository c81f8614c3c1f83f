namespace Spud.Configuration;

/// <summary>Where a value of a configuration was written.</summary>
/// <param name="Source">A file as given by the user, or <c>--set path=value</c>.</param>
/// <param name="Line">Line in the file, from 1; 0 if the source is not a file.</param>
/// <param name="Column">UTF-16 code unit in the line, from 1, as editors count; 0 if the source is not a file.</param>
public readonly record struct Origin(string Source, int Line = 0, int Column = 0)
{
    /// <summary>Whether the value is in a file; relative paths are relative to it.</summary>
    public bool IsInFile => Line > 0;

    /// <summary><c>pipeline.json:4:25</c> or <c>--set cache.use=plain</c>.</summary>
    public override string ToString() => IsInFile ? $"{Source}:{Line}:{Column}" : Source;

    /// <summary>Makes a path written here absolute: in a file it is relative to the file's folder, on a command line to the current one.</summary>
    /// <param name="path">The path as written.</param>
    /// <param name="folder">Folder of the file; null if none.</param>
    internal string FullPath(string path, string? folder) => Path.GetFullPath(IsInFile && folder is { Length: > 0 } ? Path.Combine(folder, path) : path);
}
