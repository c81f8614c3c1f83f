using System.Runtime.InteropServices;

namespace Spud.Bench.Kernels;

/// <summary>Unmanaged memory filled with repeatable noise.</summary>
internal static unsafe partial class Memory
{
    private const int HugePage = 2 << 20;
    private const int AdviseHugePages = 14;

    /// <summary>Large blocks in pages of 2 MiB where Linux has them, as a runtime would hold its weights.</summary>
    public static byte* Allocate(long bytes)
    {
        if (!OperatingSystem.IsLinux() || bytes < 4 * HugePage)
        {
            return (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 64);
        }

        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, HugePage);
        if (Environment.GetEnvironmentVariable("SPUD_BENCH_SMALL_PAGES") is null && Advise(memory, (nuint)bytes, AdviseHugePages) != 0)
        {
            Console.WriteLine("(no huge pages)");
        }

        return memory;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(byte* address, nuint bytes, int advice);

    public static float* Noise(long count, int seed)
    {
        var random = new Random(seed);
        float* values = (float*)Allocate(count * sizeof(float));
        for (long i = 0; i < count; i++)
        {
            values[i] = random.NextSingle() - 0.5f;
        }

        return values;
    }

    /// <summary>Blocks of any format: random bytes in which no f16 field is subnormal or very large.</summary>
    public static byte* Blocks(long bytes, int seed)
    {
        var random = new Random(seed);
        byte* memory = Allocate(bytes);
        for (long at = 0; at < bytes; at += int.MaxValue)
        {
            random.NextBytes(new Span<byte>(memory + at, (int)Math.Min(int.MaxValue, bytes - at)));
        }

        for (long i = 0; i < bytes; i++)
        {
            memory[i] = (byte)((memory[i] & 0xbf) | 0x20);
        }

        return memory;
    }

    public static void Free(void* memory) => NativeMemory.AlignedFree(memory);
}
