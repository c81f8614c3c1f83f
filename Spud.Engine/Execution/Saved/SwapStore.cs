using System.Diagnostics;

namespace Spud.Execution;

/// <summary>
/// Texts of requests that gave their pages back, in files of this process, where reading a file is cheaper than computing the text again: by the speed with which files
/// were written and read so far. A file is deleted when its request has it back or ends, and all of them with the pipeline.
/// </summary>
/// <param name="folder">A folder in which a folder of this pipeline is made.</param>
/// <param name="log">Told once if files cannot be written or read; texts are computed again then.</param>
internal sealed class SwapStore(string folder, Action<string>? log) : IDisposable
{
    /// <summary>Maximum size of all files.</summary>
    public const long MaxBytes = 16L << 30;

    // Until something was measured: a slow disk.
    private const double AssumedSpeed = 50e6;

    private const string Prefix = "spud-swap-";

    // Open as long as this pipeline lives: folders of others whose file nobody holds open belong to processes that were killed.
    private const string LockName = "lock";

    private readonly string _folder = Path.Combine(folder, $"{Prefix}{Environment.ProcessId}-{Guid.NewGuid():N}");
    private FileStream? _lock;
    private int _files;
    private bool _isBroken;

    /// <summary>Bytes per second of writing and reading.</summary>
    public (double Write, double Read) Speed { get; set; } = (AssumedSpeed, AssumedSpeed);

    /// <summary>Size of all files.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether writing and reading a text takes less time than computing it.</summary>
    /// <param name="bytes">Size of its keys and values.</param>
    /// <param name="tokens">Its length.</param>
    /// <param name="secondsPerRow">Time that reading a row of a prompt takes.</param>
    public bool IsCheaper(long bytes, int tokens, double secondsPerRow) => bytes / Speed.Write + bytes / Speed.Read < tokens * secondsPerRow;

    /// <summary>Writes a text; null if that is not cheaper, or not possible.</summary>
    public SwappedText? Write(Sequence sequence, double secondsPerRow)
    {
        long bytes = sequence.Tables.Sum(static table => table.KeptBytes);
        if (_isBroken || Bytes + bytes > MaxBytes || !IsCheaper(bytes, sequence.Tokens, secondsPerRow))
            return null;

        try
        {
            if (_lock is null)
                CreateFolder();

            string path = Path.Combine(_folder, $"{++_files}.keys");
            long start = Stopwatch.GetTimestamp();
            CacheFileWriter.Write(sequence, path, identity: [], isDurable: false);
            long written = new FileInfo(path).Length;
            Speed = (written / Stopwatch.GetElapsedTime(start).TotalSeconds, Speed.Read);
            Bytes += written;
            return new(path, written);
        }
        catch (Exception fault) when (fault is CacheFileException or IOException or UnauthorizedAccessException)
        {
            Break(fault);
            return null;
        }
    }

    /// <summary>Reads a text into an empty sequence for which there are pages; false if that is not possible, and the sequence is empty.</summary>
    public bool Read(SwappedText text, Sequence sequence)
    {
        try
        {
            long start = Stopwatch.GetTimestamp();
            using CacheFileReader reader = new(text.Path);
            reader.Restore(sequence.Engine.Parts, sequence, identity: []);
            Speed = (Speed.Write, text.Bytes / Stopwatch.GetElapsedTime(start).TotalSeconds);
            return true;
        }
        catch (CacheFileException fault)
        {
            sequence.GivePagesBack();
            sequence.Engine.States.Clear(sequence.Id);
            Break(fault);
            return false;
        }
    }

    /// <summary>Deletes the file of a text.</summary>
    public void Forget(SwappedText text)
    {
        Bytes -= text.Bytes;
        Delete(() => File.Delete(text.Path));
    }

    /// <summary>Deletes all files.</summary>
    public void Dispose()
    {
        if (_lock is null)
            return;

        _lock.Dispose();
        Delete(() => Directory.Delete(_folder, recursive: true));
    }

    // Nobody else may read what requests contain.
    private void CreateFolder()
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(_folder);
        else
            Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        _lock = new(Path.Combine(_folder, LockName), FileMode.Create, FileAccess.Write, FileShare.None);
        foreach (string other in Directory.GetDirectories(folder, Prefix + "*"))
            DeleteIfAbandoned(other);
    }

    private void DeleteIfAbandoned(string other)
    {
        try
        {
            // A folder whose file is not made yet is that of a pipeline that is just beginning.
            using (new FileStream(Path.Combine(other, LockName), FileMode.Open, FileAccess.Write, FileShare.None))
            {
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return;
        }

        Delete(() => Directory.Delete(other, recursive: true));
    }

    private void Delete(Action delete)
    {
        try
        {
            delete();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            log?.Invoke($"swap files: {fault.Message}");
        }
    }

    private void Break(Exception fault)
    {
        _isBroken = true;
        log?.Invoke($"{fault.Message} Texts of requests that give their pages back are computed again instead.");
    }
}
