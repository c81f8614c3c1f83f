namespace Spud.Execution;

/// <summary>The memory of this machine, or a container's limit if lower.</summary>
/// <param name="TotalBytes">All of it.</param>
/// <param name="AvailableBytes">What is available without swapping.</param>
public readonly record struct MachineMemory(long TotalBytes, long AvailableBytes)
{
    /// <summary>The current state of this machine.</summary>
    public static MachineMemory Here()
    {
        if (OperatingSystem.IsLinux() && Kibibytes("MemTotal") is { } total && Kibibytes("MemAvailable") is { } available)
            return Limited(total, available);

        GCMemoryInfo info = GC.GetGCMemoryInfo();
        return new(info.TotalAvailableMemoryBytes, Math.Max(0, info.TotalAvailableMemoryBytes - info.MemoryLoadBytes));
    }

    // A container's limit (cgroup version 2): memory of its processes counts, the file cache does not.
    private static MachineMemory Limited(long total, long available)
    {
        const string Group = "/sys/fs/cgroup";
        if (!File.Exists($"{Group}/memory.max") || !long.TryParse(File.ReadAllText($"{Group}/memory.max"), out long limit) || limit >= total)
            return new(total, available);

        long held = long.TryParse(Field($"{Group}/memory.stat", "anon", ' '), out long anonymous) ? anonymous : 0;
        return new(limit, Math.Clamp(limit - held, 0, available));
    }

    private static long? Kibibytes(string field) =>
        long.TryParse(Field("/proc/meminfo", field, ':')?.Split(' ')[0], out long kibibytes) ? kibibytes << 10 : null;

    private static string? Field(string file, string name, char separator) => File.ReadLines(file)
        .Select(line => line.Split(separator, 2, StringSplitOptions.TrimEntries))
        .FirstOrDefault(pair => pair.Length == 2 && pair[0] == name)?[1];
}
