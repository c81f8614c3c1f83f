using System.IO.MemoryMappedFiles;

namespace Spud.Training.Native;

/// <summary>A file of token ids, little-endian ushort, mapped into memory.</summary>
internal sealed unsafe class MappedTokens : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly ushort* _ids;

    /// <exception cref="InvalidDataException">The file is empty or has an incomplete id.</exception>
    public MappedTokens(string path)
    {
        long bytes = new FileInfo(path).Length;
        if (bytes == 0 || bytes % sizeof(ushort) != 0)
            throw new InvalidDataException($"{path}: expected token ids of 2 bytes each, got {bytes} bytes. Make it again with 'prepare'.");

        (Path, Count) = (path, bytes / sizeof(ushort));
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, bytes, MemoryMappedFileAccess.Read);
        byte* address = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref address);
        _ids = (ushort*)address;
    }

    public string Path { get; }

    public long Count { get; }

    /// <summary>A run of ids, valid until <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<ushort> Slice(long start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + count, Count);
        return new(_ids + start, count);
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
