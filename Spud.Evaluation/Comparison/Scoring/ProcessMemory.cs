using System.Globalization;

namespace Spud.Evaluation.Comparison;

/// <summary>Memory of this process.</summary>
internal static class ProcessMemory
{
    /// <summary>Growth of private memory; null if unknown.</summary>
    /// <param name="before">Of <see cref="PrivateBytes"/>.</param>
    /// <param name="after">Likewise.</param>
    /// <remarks>
    /// A model never releases memory while it is loaded: if the process has less than before, memory released by the runtime (shrunk managed
    /// heap, stacks of ended threads) hides the model's.
    /// </remarks>
    public static long? Growth(long? before, long? after) => after - before is > 0 and { } growth ? growth : null;

    /// <summary>Private memory in use (Linux: RssAnon), after a garbage collection; null if unknown.</summary>
    public static long? PrivateBytes()
    {
        if (!OperatingSystem.IsLinux())
            return null;

        // Other collections leave free pages in the process, which are released later, while the next model loads.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        string? line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        return line is null ? null : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }
}
