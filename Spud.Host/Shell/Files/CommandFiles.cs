namespace Spud.Host;

/// <summary>The files of one command. An output never overwrites an input or another output, whatever name is used for it.</summary>
internal sealed class CommandFiles
{
    private readonly Dictionary<string, string> _inputs = [];
    private readonly Dictionary<string, string> _outputs = [];

    /// <summary>Records that the command reads a file.</summary>
    public void Reads(string path)
    {
        // The error is reported when the path is read.
        if (path.Length > 0 && !path.Contains('\0') && FileIdentity.Of(path) is { IsOrdinary: true } input)
            _inputs.TryAdd(input.Key, path);
    }

    /// <summary>Opens an output, or reports why it cannot be opened; nothing is replaced until the output is complete.</summary>
    /// <exception cref="BadInputException">It is another file of the command or a folder, or cannot be written.</exception>
    public OutputFile Create(string path)
    {
        RequireUnused(path);
        FileIdentity identity = FileIdentity.Of(path);
        if (identity.IsOrdinary && !_outputs.TryAdd(identity.Key, path))
            throw new BadInputException($"{path}: two outputs of this command go to the same file. Name another one.");

        return new(path, identity.IsOrdinary, this);
    }

    /// <inheritdoc cref="Create"/>
    /// <param name="path">Null if there is no output.</param>
    public OutputFile? CreateIfNamed(string? path) => path is null ? null : Create(path);

    /// <summary>Claims a file for appending; contents written by other commands are kept.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="isOurs">Whether a file that begins with this line may be appended to.</param>
    /// <exception cref="BadInputException">It is another file of the command, has other contents, or cannot be written.</exception>
    public string Append(string path, Func<string, bool> isOurs)
    {
        RequireUnused(path);
        try
        {
            if (!FileIdentity.Of(path).IsOrdinary || !isOurs(FirstLine(path)))
                throw new BadInputException($"{path}: is neither a log nor an empty file, so nothing is appended to it. Name another file.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{path}: cannot be written: {fault.Message}");
        }

        _outputs[FileIdentity.Of(path).Key] = path;
        return Path.GetFullPath(path);
    }

    // For a file without line breaks, its beginning.
    private static string FirstLine(string path)
    {
        using FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        Span<byte> bytes = stackalloc byte[256];
        int count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return System.Text.Encoding.UTF8.GetString(bytes[..count]).Split('\n')[0];
    }

    /// <summary>Refuses an output that the command reads.</summary>
    /// <exception cref="BadInputException">The command reads it.</exception>
    public void RequireUnused(string path)
    {
        if (path.Length == 0 || path.Contains('\0'))
            throw new BadInputException($"'{path}' is not the path of a file.");
        if (_inputs.TryGetValue(FileIdentity.Of(path).Key, out string? input))
            throw new BadInputException($"{path}: would overwrite {(input == path ? "a file that this command reads" : $"{input}, which this command reads")}. Name another output.");
    }
}
