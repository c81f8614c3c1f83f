using System.Buffers.Binary;

namespace Spud.Host;

/// <summary>
/// A file being written, with numbers in little-endian. It is written next to its target and moved there when complete: until then, and
/// however the process ends, an older file is kept. A device or pipe is written directly.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _target;
    private readonly string? _unfinished;
    private readonly CommandFiles _files;
    private readonly FileStream _stream;
    private byte[] _bytes = new byte[4096];
    private bool _complete;

    /// <param name="path">Path as given by the user.</param>
    /// <param name="isOrdinary">Whether it can be replaced.</param>
    /// <param name="files">Files of the command.</param>
    /// <exception cref="BadInputException">It cannot be opened for writing.</exception>
    internal OutputFile(string path, bool isOrdinary, CommandFiles files)
    {
        (Path, _target, _files) = (path, isOrdinary ? FileIdentity.Target(path) : path, files);
        string folder = System.IO.Path.GetDirectoryName(_target) ?? "/";
        if (Directory.Exists(path))
            throw new BadInputException($"{path}: cannot be written: it is a directory. Name a file inside it.");
        if (isOrdinary && !Directory.Exists(folder))
            throw new BadInputException($"{path}: cannot be written: no such folder: {folder}.");

        _unfinished = isOrdinary ? System.IO.Path.Combine(folder, $".{System.IO.Path.GetFileName(_target)}.spud-unfinished") : null;
        try
        {
            // A link of that name would redirect the output.
            if (_unfinished is not null && new FileInfo(_unfinished).LinkTarget is not null)
                File.Delete(_unfinished);

            // No buffer: errors are reported by the write itself. Not shared: a second writer is refused.
            _stream = new(_unfinished ?? StandardStreams.PathOf(path), _unfinished is null ? FileMode.Open : FileMode.Create, FileAccess.Write, _unfinished is null ? FileShare.ReadWrite : FileShare.None, bufferSize: 0);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{path}: cannot be written: {(IsInUse(fault) ? "another process is writing it" : fault.Message)}");
        }
    }

    /// <summary>Path as given by the user.</summary>
    public string Path { get; }

    /// <summary>Whether it replaces a file; false for a device or pipe.</summary>
    public bool IsOrdinary => _unfinished is not null;

    /// <summary>Appends numbers.</summary>
    /// <exception cref="IOException">The disk is full or no longer available.</exception>
    public void Write(ReadOnlySpan<float> values)
    {
        Span<byte> bytes = Room(values.Length);
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes[(4 * i)..], values[i]);

        Write(bytes);
    }

    /// <inheritdoc cref="Write(ReadOnlySpan{float})"/>
    public void Write(ReadOnlySpan<int> values)
    {
        Span<byte> bytes = Room(values.Length);
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes[(4 * i)..], values[i]);

        Write(bytes);
    }

    /// <summary>Appends bytes.</summary>
    /// <exception cref="IOException">The disk is full or no longer available.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _stream.Write(bytes);
        }
        catch (IOException fault)
        {
            throw NotWritten(fault);
        }
    }

    /// <summary>Completes the output: the file is moved to its target.</summary>
    /// <exception cref="BadInputException">The command has since read this file.</exception>
    /// <exception cref="IOException">The disk is full or no longer available, or the folder refuses the file.</exception>
    public void Complete()
    {
        try
        {
            if (_unfinished is not null)
            {
                _stream.Flush(flushToDisk: true);
                _files.RequireUnused(Path);
                KeepMode(_unfinished);
                // Windows cannot move open files. Elsewhere it stays locked until it is in place.
                if (OperatingSystem.IsWindows())
                    _stream.Dispose();

                File.Move(_unfinished, _target, overwrite: true);
            }

            _complete = true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(fault);
        }
    }

    public void Dispose()
    {
        if (!_complete && _unfinished is not null)
            File.Delete(_unfinished);

        _stream.Dispose();
    }

    private static bool IsInUse(Exception fault)
    {
        // EWOULDBLOCK on Linux and macOS; ERROR_SHARING_VIOLATION.
        const int LinuxWouldBlock = 11, MacWouldBlock = 35, WindowsSharing = unchecked((int)0x80070020);
        return fault is IOException { HResult: LinuxWouldBlock or MacWouldBlock or WindowsSharing };
    }

    private void KeepMode(string path)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(_target))
            File.SetUnixFileMode(path, File.GetUnixFileMode(_target));
    }

    private IOException NotWritten(Exception fault) => new($"{Path}: could not be written: {fault.Message}{(_unfinished is null ? "" : " What was there before is unchanged.")}", fault);

    private Span<byte> Room(int values)
    {
        if (_bytes.Length < 4 * values)
            _bytes = new byte[4 * values];

        return _bytes.AsSpan(0, 4 * values);
    }
}
