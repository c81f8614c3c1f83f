using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Spud.Models;

/// <summary>
/// Private mappings on Linux. MemoryMappedFile supports neither MAP_NORESERVE, without which the kernel refuses to map a model larger
/// than memory copy-on-write, nor madvise.
/// </summary>
internal sealed partial class LinuxMap : SafeHandleZeroOrMinusOneIsInvalid
{
    private const int ProtReadWrite = 0x1 | 0x2;
    private const int MapPrivateNoReserve = 0x2 | 0x4000;
    private const int DontNeed = 4; // asm-generic/mman-common.h

    private nuint _bytes;

    public LinuxMap()
        : base(ownsHandle: true)
    {
    }

    /// <exception cref="IOException">The kernel refused; the message says why.</exception>
    public static LinuxMap Create(SafeFileHandle file, long bytes)
    {
        LinuxMap map = new() { _bytes = (nuint)bytes };
        map.SetHandle(Map(0, map._bytes, ProtReadWrite, MapPrivateNoReserve, file, 0));
        return map.IsInvalid ? throw new IOException(Marshal.GetLastPInvokeErrorMessage()) : map;
    }

    /// <summary>Drops pages; the next read fetches them from the file.</summary>
    /// <exception cref="IOException">The kernel refused; the message says why.</exception>
    public static void Drop(nint address, long bytes)
    {
        if (Advise(address, (nuint)bytes, DontNeed) != 0)
            throw new IOException($"madvise: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    protected override bool ReleaseHandle() => Unmap(handle, _bytes) == 0;

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint bytes, int protection, int flags, SafeFileHandle file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nuint bytes);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int Advise(nint address, nuint bytes, int advice);
}
