namespace Spud.Evaluation.Comparison;

/// <summary>Replaces files atomically: the file has either the old content or the new, whatever happens to process, machine or disk.</summary>
public static class SafeFile
{
    /// <summary>Replaces a file's content, following links; devices and pipes are written directly.</summary>
    /// <exception cref="IOException">The file cannot be written; the old content is intact.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        // A device or pipe has no length and cannot be replaced; an empty file has nothing to lose.
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
            // The first error is the one reported; a read-only folder does not allow deleting either.
        }
    }
}
