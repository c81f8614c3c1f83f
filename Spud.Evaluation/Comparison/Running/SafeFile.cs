namespace Spud.Evaluation.Comparison;

/// <summary>Files that are replaced as a whole: at any moment there is the old content or the new, whatever happens to process, machine or disk.</summary>
public static class SafeFile
{
    /// <summary>Replaces a file's content, that of a link where it leads; a device or pipe is written to as it is.</summary>
    /// <exception cref="IOException">It cannot be written; what was there before is unharmed.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        // A device or pipe has no length, and is not a file that could be replaced; in an empty file there is nothing to lose.
        string target = new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        bool ordinary = !File.Exists(target) || new FileInfo(target).Length > 0;
        string temporary = ordinary ? target + ".new" : target;
        try
        {
            using (FileStream file = new(temporary, ordinary ? FileMode.Create : FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0))
            {
                file.Write(content);
                if (ordinary)
                    file.Flush(flushToDisk: true);
            }

            if (ordinary)
                File.Move(temporary, target, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            Discard(ordinary ? temporary : null);
            throw new IOException($"{path}: could not be written: {fault.Message}", fault);
        }
    }

    private static void Discard(string? path)
    {
        try
        {
            if (path is not null)
                File.Delete(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The fault that is reported is the one that came first; a folder that refuses writing refuses deleting too.
        }
    }
}
