using System.Globalization;

namespace Spud.Evaluation.Comparison;

/// <summary>Memory of this process.</summary>
internal static class ProcessMemory
{
    /// <summary>Private memory that is taken (Linux: RssAnon), after what is garbage has been collected; null where it cannot be known.</summary>
    public static long? PrivateBytes()
    {
        if (!OperatingSystem.IsLinux())
            return null;

        GC.Collect();
        GC.WaitForPendingFinalizers();
        string? line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("RssAnon:", StringComparison.Ordinal));
        return line is null ? null : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }
}
