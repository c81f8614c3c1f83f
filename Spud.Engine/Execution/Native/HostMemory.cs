using System.Runtime.InteropServices;

namespace Spud.Execution.Native;

/// <summary>Unmanaged host memory and conversions between its formats.</summary>
internal static unsafe partial class HostMemory
{
    private const int Alignment = 64;

    // Weights and caches are read sequentially: with large pages the processor needs far fewer page lookups.
    // Small blocks are left alone: a large page is zeroed as a whole when its first byte is touched.
    private const int LargePage = 2 << 20;
    private const int LargeBlock = 8 << 20;
    private const int AdviseHugePages = 14;

    /// <summary>Allocates zeroed memory. Large blocks take physical pages only when they are touched.</summary>
    /// <exception cref="InsufficientMemoryException">There is too little memory.</exception>
    public static nint Allocate(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        try
        {
            // calloc rather than an aligned allocation followed by clearing: clearing would touch every page.
            int alignment = bytes >= LargeBlock ? LargePage : Alignment;
            nint block = (nint)NativeMemory.AllocZeroed(checked((nuint)bytes + (nuint)alignment));
            nint address = (block + alignment) & -alignment;
            ((nint*)address)[-1] = block;
            if (alignment == LargePage && OperatingSystem.IsLinux())
            {
                // Only advice: if the system declines, pages stay small.
                _ = Advise(address, (nuint)bytes / LargePage * LargePage, AdviseHugePages);
            }

            return address;
        }
        catch (OutOfMemoryException)
        {
            throw new InsufficientMemoryException($"host: {bytes:N0} bytes of memory could not be allocated. Choose a shorter context, fewer sequences or a smaller model.");
        }
    }

    public static void Free(nint address) => NativeMemory.Free((void*)((nint*)address)[-1]);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint bytes, int advice);

    /// <summary>Copies and converts: equal types, any type to F32, F32 to F16, BF16, Q8_0 or Q4_0.</summary>
    /// <exception cref="ArgumentException">The conversion is not supported.</exception>
    public static void Convert(ElementType from, nint source, ElementType to, nint destination, long elements)
    {
        if (from == to)
        {
            long bytes = from.BytesOf(elements);
            Buffer.MemoryCopy((void*)source, (void*)destination, bytes, bytes);
        }
        else if (to == ElementType.F32)
        {
            Numerics.Blocks.Expansion.ToF32((int)from, (byte*)source, (float*)destination, elements);
        }
        else if (from == ElementType.F32)
        {
            Numerics.Blocks.Rounding.FromF32((int)to, (float*)source, (byte*)destination, elements);
        }
        else
        {
            throw new ArgumentException($"copy: {from} does not convert to {to}");
        }
    }
}
