using System.Buffers.Binary;

namespace Spud.Host;

/// <summary>A binary file being written, numbers little-endian. Unless it is completed nothing of it is left, where it is an ordinary file.</summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private readonly bool _wasThere;
    private readonly FileStream _stream;
    private byte[] _bytes = new byte[4096];
    private bool _complete;

    /// <summary>Opens a file; one that is there is replaced.</summary>
    /// <exception cref="BadInputException">It cannot be opened for writing.</exception>
    public OutputFile(string path)
    {
        (_path, _wasThere) = (path, File.Exists(path));
        try
        {
            // No buffer: whatever cannot be written is reported by the write itself.
            _stream = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{path}: cannot be written: {fault.Message}");
        }
    }

    /// <summary>Appends numbers.</summary>
    /// <exception cref="IOException">The disk is full, or gone.</exception>
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

    /// <summary>Everything is written: the file stays.</summary>
    public void Complete() => _complete = true;

    public void Dispose()
    {
        _stream.Dispose();
        // A device has no length, whatever is written to it; it was there before and stays.
        if (!_complete && (!_wasThere || new FileInfo(_path).Length > 0))
            File.Delete(_path);
    }

    /// <summary>Appends bytes.</summary>
    /// <exception cref="IOException">The disk is full, or gone.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _stream.Write(bytes);
        }
        catch (IOException fault)
        {
            throw new IOException($"{_path}: could not be written and was given up: {fault.Message}", fault);
        }
    }

    private Span<byte> Room(int values)
    {
        if (_bytes.Length < 4 * values)
            _bytes = new byte[4 * values];

        return _bytes.AsSpan(0, 4 * values);
    }
}
