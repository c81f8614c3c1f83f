using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Spud.Execution;

namespace Spud.Host;

/// <summary>The machine as this process sees it.</summary>
internal sealed record Machine
{
    /// <summary>Operating system and its version.</summary>
    public required string System { get; init; }

    /// <summary>"X64", "Arm64".</summary>
    public required string Architecture { get; init; }

    /// <summary>Name of the CPU.</summary>
    public required string Processor { get; init; }

    /// <summary>Number of CPUs that this process may use.</summary>
    public required int Cores { get; init; }

    /// <summary>Memory in bytes, or a container's limit if lower.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Bytes available without swapping.</summary>
    public required long AvailableBytes { get; init; }

    /// <summary>Vector instruction sets used by .NET, widest first.</summary>
    public required string[] Vectors { get; init; }

    /// <summary>The .NET version, such as ".NET 10.0.12".</summary>
    public required string Framework { get; init; }

    /// <summary>The current state of this machine.</summary>
    public static Machine Here()
    {
        MachineMemory memory = MachineMemory.Here();
        return new()
        {
            System = RuntimeInformation.OSDescription,
            Architecture = $"{RuntimeInformation.ProcessArchitecture}",
            Processor = ProcessorName(),
            Cores = Environment.ProcessorCount,
            MemoryBytes = memory.TotalBytes,
            AvailableBytes = memory.AvailableBytes,
            Vectors = [.. VectorExtensions()],
            Framework = RuntimeInformation.FrameworkDescription,
        };
    }

    private static IEnumerable<string> VectorExtensions()
    {
        (bool Supported, string Name)[] known =
        [
            (Avx512F.IsSupported && Avx512BW.IsSupported && Avx512F.VL.IsSupported, "AVX-512"),
            (Avx512Vbmi.IsSupported, "AVX-512 VBMI"),
            (AvxVnni.IsSupported, "AVX-VNNI"),
            (Avx2.IsSupported, "AVX2"),
            (Fma.IsSupported, "FMA"),
            (AdvSimd.IsSupported, "NEON"),
            (Dp.IsSupported, "dot product"),
        ];
        return known.Where(extension => extension.Supported).Select(extension => extension.Name);
    }

    private static string ProcessorName()
    {
        if (OperatingSystem.IsLinux() && Field("/proc/cpuinfo", "model name") is { } name)
            return name;

        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? $"{Environment.ProcessorCount} x {RuntimeInformation.ProcessArchitecture}";
    }

    private static string? Field(string file, string name) => File.ReadLines(file)
        .Select(static line => line.Split(':', 2, StringSplitOptions.TrimEntries))
        .FirstOrDefault(pair => pair.Length == 2 && pair[0] == name)?[1];
}
