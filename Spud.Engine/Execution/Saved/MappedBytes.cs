using System.IO.MemoryMappedFiles;

namespace Spud.Execution;

/// <summary>A file mapped into memory, to be read once.</summary>
internal sealed class MappedBytes : IDisposable
{
    private static readonly HostDomain s_host = new();
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;

    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied.</exception>
    /// <exception cref="ArgumentException">The file is empty.</exception>
    public MappedBytes(string path)
    {
        FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        Length = file.Length;
        try
        {
            _map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
    }

    public long Length { get; }

    /// <summary>Bytes of the file, valid until it is disposed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is outside the file.</exception>
    public ReadOnlySpan<byte> Bytes(long offset, int count)
    {
        if (offset < 0 || count < 0 || count > Length - offset)
            throw new ArgumentOutOfRangeException(nameof(offset), $"{count} bytes at {offset} leave the file of {Length} bytes");

        return new TensorView(s_host, _view.SafeMemoryMappedViewHandle.DangerousGetHandle() + (nint)offset, ElementType.I8, Math.Max(1, count)).AsSpan<byte>()[..count];
    }

    public void Dispose()
    {
        _view.Dispose();
        _map.Dispose();
    }
}
