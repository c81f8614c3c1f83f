using System.Globalization;
using System.Runtime.Intrinsics;
using Spud.Bench.Kernels;
using Spud.Numerics.Blocks;

// Kernel throughput against what the machine can do. Arguments: part of a benchmark's name (all without), milliseconds each.
string filter = args.Length > 0 ? args[0] : "";
int milliseconds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 150;
string width = Vector512.IsHardwareAccelerated ? "512" : Vector256.IsHardwareAccelerated ? "256" : Vector128.IsHardwareAccelerated ? "128" : "none";
Console.WriteLine($"{Environment.ProcessorCount} processors, vectors of {width} bits; best of the runs within {milliseconds} ms");
var stopwatch = new Best(milliseconds);
if ("machine".Contains(filter, StringComparison.Ordinal))
{
    Machine.Run(stopwatch);
}

int[] types = [2, 3, 6, 7, 8, 12, 13, 14, 20, 39];
foreach (int type in types)
{
    string name = "packed " + BlockFormat.Of(type).Name;
    if (name.Contains(filter, StringComparison.OrdinalIgnoreCase))
    {
        PackedBench.Run(type, name, stopwatch);
    }
}

foreach (int type in (int[])[0, 1, 30, 12, 21])
{
    string name = "f32 " + BlockFormat.Of(type).Name;
    if (name.Contains(filter, StringComparison.OrdinalIgnoreCase))
    {
        SingleBench.Run(type, name, stopwatch);
    }
}

if ("attention".Contains(filter, StringComparison.Ordinal))
{
    AttentionBench.Run(stopwatch);
}
