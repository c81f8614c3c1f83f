using System.Runtime.InteropServices;
using Xunit;

namespace Spud.Numerics.Tests;

/// <summary>
/// A buffer between two pages that may not be touched: whoever reads or writes outside of it ends the test program. Where pages
/// cannot be protected, the test is skipped.
/// </summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int NoAccess = 0;
    private const int ReadWrite = 1 | 2;
    private const int PrivateAnonymousOnLinux = 0x02 | 0x20;
    private const int PrivateAnonymousOnMac = 0x02 | 0x1000;

    private readonly int _bytes;
    private readonly nuint _page = (nuint)Environment.SystemPageSize;
    private readonly nuint _inner;
    private readonly byte* _start;

    public GuardedMemory(int bytes)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Guard pages are made with mprotect; run the tests on Linux or macOS as well.");
        }

        _bytes = bytes;
        _inner = ((nuint)bytes / _page + 1) * _page;
        int flags = OperatingSystem.IsMacOS() ? PrivateAnonymousOnMac : PrivateAnonymousOnLinux;
        nint map = MemoryMap(0, _inner + 2 * _page, NoAccess, flags, -1, 0);
        if (map == -1 || Protect(map + (nint)_page, _inner, ReadWrite) != 0)
        {
            throw new InvalidOperationException($"No guarded memory of {bytes} bytes: error {Marshal.GetLastPInvokeError()}.");
        }

        _start = (byte*)map + _page;
    }

    /// <summary>Which end of the buffer touches a guard page.</summary>
    public enum Side
    {
        Start,
        End,
    }

    public Span<byte> Span(Side side) => Span<byte>(side);

    public Span<T> Span<T>(Side side) where T : unmanaged =>
        new(side == Side.Start ? _start : _start + _inner - (nuint)_bytes, _bytes / sizeof(T));

    public void Dispose() => _ = Unmap((nint)(_start - _page), _inner + 2 * _page);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint MemoryMap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nuint length);
}
