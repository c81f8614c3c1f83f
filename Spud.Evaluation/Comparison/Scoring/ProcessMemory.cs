using System.Globalization;

namespace Spud.Evaluation.Comparison;

/// <summary>Memory of this process.</summary>
internal static class ProcessMemory
{
    /// <summary>What private memory grew by; null where that is not known.</summary>
    /// <param name="before">Of <see cref="PrivateBytes"/>.</param>
    /// <param name="after">Likewise.</param>
    /// <remarks>
    /// A model takes memory and never gives any back while it is loaded: if the process has less than before, what the runtime gave back
    /// meanwhile (pages of a managed heap that has shrunk, stacks of threads that have ended) hides what the model took.
    /// </remarks>
    public static long? Growth(long? before, long? after) => after - before is > 0 and { } growth ? growth : null;

    /// <summary>Private memory that is taken (Linux: RssAnon), after what is garbage has been given back; null where it cannot be known.</summary>
    public static long? PrivateBytes()
    {
        if (!OperatingSystem.IsLinux())
            return null;

        // Other collections leave free pages with the process, which go back to the system some time later: while the next model is loaded.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        string? line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        return line is null ? null : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }
}
