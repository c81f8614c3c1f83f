using Spud.Numerics;
using Spud.Numerics.Blocks;

namespace Spud.Bench.Kernels;

/// <summary>Packed quantised weights: many rows from cache on one thread, one row from memory on one and two threads.</summary>
internal static unsafe class PackedBench
{
    public static void Run(int type, string name, Best best)
    {
        foreach ((int outputs, int k) in ((int, int)[])[(1536, 576), (576, 1536), (4096, 1536)])
        {
            if (!PackedWeights.Takes(type, k))
            {
                continue;
            }

            byte* packed = Pack(type, outputs, k, name, best);
            foreach (int rows in (int[])[1, 2, 3, 4, 5, 6, 7, 8, 64, 256])
            {
                double seconds = Seconds(type, packed, outputs, k, rows, best);
                Console.WriteLine(
                    $"{name,-14} {outputs,5} x {k,-5} T {rows,3}: {(double)rows * outputs * k / seconds / 1e9,7:F1} GMAC/s"
                    + (rows == 1 ? $", {PackedWeights.Bytes(type, outputs, k) / seconds / 1e9:F1} GB/s from cache" : ""));
            }

            Memory.Free(packed);
        }

        FromMemory(type, name, best);
    }

    private static byte* Pack(int type, int outputs, int k, string name, Best best)
    {
        BlockFormat format = BlockFormat.Of(type);
        long bytes = (long)outputs * k / format.Elements * format.Bytes;
        byte* native = Memory.Blocks(bytes, type), packed = Memory.Allocate(PackedWeights.Bytes(type, outputs, k));
        double seconds = best.Seconds(() => PackedWeights.Pack(type, native, outputs, k, packed, 0, outputs / PackedWeights.TileOutputs));
        Console.WriteLine($"{name,-14} {outputs,5} x {k,-5} packing: {bytes / seconds / 1e9:F1} GB/s");
        Memory.Free(native);
        return packed;
    }

    private static double Seconds(int type, byte* packed, int outputs, int k, int rows, Best best)
    {
        float* x = Memory.Noise((long)rows * k, 1), y = Memory.Noise((long)rows * outputs, 2);
        byte* memory = Memory.Allocate(Q8Rows.Bytes(rows, k));
        Q8Rows q = Q8Rows.Over(memory, rows, k);
        for (int t = 0; t < rows; t++)
        {
            q.Quantise(t, x + (long)t * k);
        }

        double seconds = best.Seconds(() => PackedMatMul.Run(type, packed, q, new(y, outputs, rows, k, 0, outputs)));
        Memory.Free(x);
        Memory.Free(y);
        Memory.Free(memory);
        return seconds;
    }

    /// <summary>160 MB of weights, one row of activations.</summary>
    private static void FromMemory(int type, string name, Best best)
    {
        const int K = 1536;
        int tiles = (int)(160_000_000 / PackedWeights.TileBytes(type, K)) / 2 * 2, outputs = tiles * PackedWeights.TileOutputs;
        long bytes = PackedWeights.Bytes(type, outputs, K);
        byte* packed = Memory.Blocks(bytes, 1), memory = Memory.Allocate(Q8Rows.Bytes(1, K));
        float* x = Memory.Noise(K, 1), y = Memory.Noise(outputs, 2);
        Q8Rows q = Q8Rows.Over(memory, 1, K);
        q.Quantise(0, x);
        int parts = tiles / 64;
        double one = best.SecondsOfPart(parts, part => PackedMatMul.Run(type, packed, q, new(y, outputs, 1, K, part * 64 * PackedWeights.TileOutputs, 64 * PackedWeights.TileOutputs)));
        double two = best.SecondsOnTwo(part => PackedMatMul.Run(type, packed, q, new(y, outputs, 1, K, part * outputs / 2, outputs / 2)));
        Console.WriteLine($"{name,-14} one row from memory: {64 * PackedWeights.TileBytes(type, K) / one / 1e9:F1} GB/s one thread, {bytes / two / 1e9:F1} GB/s two threads");
        Memory.Free(packed);
        Memory.Free(memory);
        Memory.Free(x);
        Memory.Free(y);
    }
}
