using Spud.Numerics;
using Spud.Numerics.Blocks;

namespace Spud.Bench.Kernels;

/// <summary>f32 activations with weights as they lie in the file.</summary>
internal static unsafe class SingleBench
{
    public static void Run(int type, string name, Best best)
    {
        BlockFormat format = BlockFormat.Of(type);
        foreach ((int outputs, int k) in ((int, int)[])[(1536, 576), (576, 1536), (4096, 1536)])
        {
            if (k % format.Elements != 0)
            {
                continue;
            }

            long bytes = (long)outputs * k / format.Elements * format.Bytes;
            byte* weights = Memory.Blocks(bytes, type), scratch = Memory.Allocate(MatMul.F32ScratchBytes(type, k) + 64);
            foreach (int rows in (int[])[1, 8, 64, 256])
            {
                float* x = Memory.Noise((long)rows * k, 1), y = Memory.Noise((long)rows * outputs, 2);
                double seconds = best.Seconds(() => MatMul.F32Activations(type, weights, x, k, new(y, outputs, rows, k, 0, outputs), scratch));
                Console.WriteLine(
                    $"{name,-14} {outputs,5} x {k,-5} T {rows,3}: {(double)rows * outputs * k / seconds / 1e9,7:F1} GMAC/s"
                    + (rows == 1 ? $", {bytes / seconds / 1e9:F1} GB/s from cache" : ""));
                Memory.Free(x);
                Memory.Free(y);
            }

            Memory.Free(weights);
            Memory.Free(scratch);
        }

        FromMemory(type, name, best);
    }

    private static void FromMemory(int type, string name, Best best)
    {
        const int K = 1536;
        BlockFormat format = BlockFormat.Of(type);
        long rowBytes = K / format.Elements * format.Bytes;
        int outputs = (int)(160_000_000 / rowBytes) / 2 * 2;
        byte* weights = Memory.Blocks(outputs * rowBytes, 1);
        byte* scratch = Memory.Allocate(2 * MatMul.F32ScratchBytes(type, K) + 64);
        float* x = Memory.Noise(K, 1), y = Memory.Noise(outputs, 2);
        const int Part = 1024;
        double one = best.SecondsOfPart(
            outputs / Part, part => MatMul.F32Activations(type, weights, x, K, new(y, outputs, 1, K, part * Part, Part), scratch));
        double two = best.SecondsOnTwo(part => MatMul.F32Activations(
            type, weights, x, K, new(y, outputs, 1, K, part * outputs / 2, outputs / 2), scratch + part * MatMul.F32ScratchBytes(type, K)));
        Console.WriteLine($"{name,-14} one row from memory: {Part * rowBytes / one / 1e9:F1} GB/s one thread, {outputs * rowBytes / two / 1e9:F1} GB/s two threads");
        Memory.Free(weights);
        Memory.Free(scratch);
        Memory.Free(x);
        Memory.Free(y);
    }
}
