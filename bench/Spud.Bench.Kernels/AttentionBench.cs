using Spud.Numerics;

namespace Spud.Bench.Kernels;

/// <summary>Scores and values of one KV head over 2,048 keys of f16, for the query rows of a decode step and of a prefill tile.</summary>
internal static unsafe class AttentionBench
{
    private const int N = 2048;

    public static void Run(Best best)
    {
        foreach (int width in (int[])[64, 128])
        {
            ushort* keys = (ushort*)Memory.Blocks(2L * N * width, 1);
            foreach (int rows in (int[])[1, 3, 4, 6, 9, 12, 24, 32])
            {
                float* q = Memory.Noise(rows * width, 2), scores = Memory.Noise(rows * N, 3), sums = Memory.Noise(rows * width, 4);
                double score = best.Seconds(() => AttentionScores.F16(q, width, rows, keys, width, N, width, scores, N));
                double value = best.Seconds(() => AttentionValues.F16(scores, N, rows, keys, width, N, width, sums, width));
                double work = (double)rows * N * width;
                Console.WriteLine(
                    $"attention f16, width {width,3}, rows {rows,2}: scores {work / score / 1e9,6:F1} GMAC/s ({2.0 * N * width / score / 1e9:F1} GB/s), "
                    + $"values {work / value / 1e9,6:F1} GMAC/s ({2.0 * N * width / value / 1e9:F1} GB/s)");
                Memory.Free(q);
                Memory.Free(scores);
                Memory.Free(sums);
            }

            Memory.Free(keys);
        }
    }
}
