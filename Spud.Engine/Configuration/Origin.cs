namespace Spud.Configuration;

/// <summary>Where a value of a configuration was written.</summary>
/// <param name="Source">A file as the user named it, or <c>--set path=value</c>.</param>
/// <param name="Line">Line in the file, from 1; 0 where the source is not a file.</param>
/// <param name="Column">UTF-16 code unit in the line, from 1, as editors count; 0 where the source is not a file.</param>
public readonly record struct Origin(string Source, int Line = 0, int Column = 0)
{
    /// <summary>Whether the value is in a file; relative paths are relative to it.</summary>
    public bool IsInFile => Line > 0;

    /// <summary><c>pipeline.json:4:25</c> or <c>--set cache.use=plain</c>.</summary>
    public override string ToString() => IsInFile ? $"{Source}:{Line}:{Column}" : Source;

    /// <summary>A path that was written here, made full: what a file says is relative to its folder, what a command line says to the current one.</summary>
    /// <param name="path">As it was written.</param>
    /// <param name="folder">Of the file; null: there is none.</param>
    internal string FullPath(string path, string? folder) => Path.GetFullPath(IsInFile && folder is { Length: > 0 } ? Path.Combine(folder, path) : path);
}
