using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Spud.Models;

/// <summary>A whole file in memory, copy-on-write: a stray write changes a private page, never the file. A file
/// that another process truncates while it is mapped ends this process when a page beyond its new end is read.</summary>
internal sealed class MappedFile : IDisposable
{
    private readonly SafeHandle _map;
    private readonly nint _address;

    private MappedFile(string path, long length, SafeHandle map) =>
        (Path, Length, _map, _address) = (path, length, map, map.DangerousGetHandle());

    public string Path { get; }

    /// <summary>Length in bytes; at least 1.</summary>
    public long Length { get; }

    /// <param name="path">A regular file, or a link to one.</param>
    /// <param name="portable">Uses MemoryMappedFile even if there is something better, to test that path on Linux.</param>
    /// <exception cref="ModelFileException">The file is missing, empty or a folder, or access is denied.</exception>
    public static MappedFile Open(string path, bool portable = false)
    {
        if (Directory.Exists(path))
            throw new ModelFileException($"{path}: expected a GGUF model file, got a folder. Name a .gguf file in it.");
        try
        {
            if (!File.Exists(path))
                throw new ModelFileException($"{path}: no such file, or its folder may not be read. Check the path of the model.");
            RequireContent(path);
            using SafeFileHandle file = File.OpenHandle(path);
            long length = RandomAccess.GetLength(file);
            return new MappedFile(path, length, OperatingSystem.IsLinux() && !portable ? LinuxMap.Create(file, length) : MapPortably(file));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new ModelFileException($"{path}: the file may not be read. Check its permissions.", e);
        }
        catch (IOException e)
        {
            throw new ModelFileException($"{path}: the file cannot be opened and mapped: {e.Message.TrimEnd('.')}. Check that it exists, is not a dangling link and is not locked by another program.", e);
        }
    }

    /// <summary>Bytes of the file, valid until <see cref="Dispose"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is outside the file.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public unsafe ReadOnlySpan<byte> Bytes(long offset, int count) => new((void*)AddressOf(offset, count), count);

    /// <summary>Floats of the file, valid until <see cref="Dispose"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is outside the file.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public unsafe ReadOnlySpan<float> Floats(long offset, int count) => new((void*)AddressOf(offset, (long)count * sizeof(float)), count);

    /// <summary>Address of a range of the file, valid until <see cref="Dispose"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is outside the file.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public nint AddressOf(long offset, long count)
    {
        ObjectDisposedException.ThrowIf(_map.IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if ((ulong)offset > (ulong)Length || count > Length - offset)
            throw new ArgumentOutOfRangeException(nameof(offset), $"{Path}: {count} bytes at {offset} leave the file of {Length} bytes.");
        return _address + (nint)offset;
    }

    /// <summary>Drops the whole pages within a range, including changes made to them; the next read fetches them from the file.</summary>
    public void Release(long offset, long count)
    {
        nint mask = Environment.SystemPageSize - 1, address = AddressOf(offset, count);
        nint first = (address + mask) & ~mask, end = (address + (nint)count) & ~mask;
        if (OperatingSystem.IsLinux() && end > first)
            LinuxMap.Drop(first, end - first);
    }

    public void Dispose() => _map.Dispose();

    /// <summary>Pipes and devices also have length 0; opening a pipe would wait for its writer.</summary>
    private static void RequireContent(string path)
    {
        FileSystemInfo target = File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path);
        if (((FileInfo)target).Length == 0)
            throw new ModelFileException($"{path}: expected a GGUF model file, got an empty file (or none that is stored). Download the model again.");
    }

    private static SafeHandle MapPortably(SafeFileHandle file)
    {
        using var map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.CopyOnWrite, HandleInheritability.None, leaveOpen: true);
        return map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.CopyOnWrite).SafeMemoryMappedViewHandle;
    }
}
