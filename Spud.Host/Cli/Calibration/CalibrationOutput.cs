using Spud.Evaluation.Comparison;

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
    public void Write(ReadOnlySpan<byte> content) => SafeFile.Write(Path, content);
}
