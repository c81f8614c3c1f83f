namespace Spud.Host;

/// <summary>A file that is written whole or not at all: what was there before stays until then.</summary>
internal sealed class CalibrationOutput
{
    /// <summary>Checks, before any work, that something can be written there.</summary>
    /// <exception cref="BadInputException">There is no such folder, or a folder of that name.</exception>
    public CalibrationOutput(string path)
    {
        Path = path;
        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) ?? "/";
        if (Directory.Exists(path))
            throw new BadInputException($"{path}: expected a file to write, got a directory.");
        if (!Directory.Exists(folder))
            throw new BadInputException($"{path}: cannot be written: there is no folder {folder}.");
    }

    /// <summary>As it was named.</summary>
    public string Path { get; }

    /// <exception cref="IOException">It cannot be written, or the disk is full.</exception>
    public void Write(ReadOnlySpan<byte> content)
    {
        try
        {
            string target = new FileInfo(Path).LinkTarget is null ? Path : File.ResolveLinkTarget(Path, returnFinalTarget: true)!.FullName;
            // A device, or a file that holds nothing: there is nothing to lose, and a device is not to be replaced.
            if (new FileInfo(target) is { Exists: true, Length: 0 })
                File.WriteAllBytes(target, content);
            else
                Replace(target, content);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{Path}: could not be written: {fault.Message}", fault);
        }
    }

    private static void Replace(string target, ReadOnlySpan<byte> content)
    {
        string beside = $"{target}.{Environment.ProcessId}.tmp";
        try
        {
            File.WriteAllBytes(beside, content);
            File.Move(beside, target, overwrite: true);
        }
        catch (IOException)
        {
            File.Delete(beside);
            throw;
        }
    }
}
