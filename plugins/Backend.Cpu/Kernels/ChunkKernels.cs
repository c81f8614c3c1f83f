using Backend.Cpu.Attention;
using Spud;
using Spud.Numerics;
using Spud.Numerics.Blocks;

namespace Backend.Cpu.Kernels;

/// <summary>Scores and weighted values of one run of keys, depending on the format of its page.</summary>
internal static unsafe class ChunkKernels
{
    private const int Stride = FoldPlan.ChunkTokens;

    /// <summary>Up to this many rows read blocks in place; for more it is faster to expand the blocks once. The bits are the same.</summary>
    private const int RowsInPlace = 8;

    /// <summary>scores[r, column + j] = q[r] . keys[j].</summary>
    /// <param name="scratch">Scratch with R queries.</param>
    /// <param name="column">Column of the run's first key in the chunk.</param>
    /// <param name="pages">The pages that hold the keys.</param>
    /// <param name="run">The run.</param>
    /// <param name="kvHead">The KV head.</param>
    public static void Score(in ChunkScratch scratch, int column, in PageReader pages, in KeyRun run, int kvHead)
    {
        (int rows, int n, int d) = (scratch.Rows, run.Keys, scratch.KeyWidth);
        byte* keys = pages.KeysOf(run, kvHead);
        fixed (float* q = scratch.Queries, scores = scratch.Scores, expanded = scratch.Expanded)
        {
            if (pages.KeyType == ElementType.F32)
            {
                AttentionScores.F32(q, d, rows, (float*)keys, d, n, d, scores + column, Stride);
            }
            else if (pages.KeyType == ElementType.F16)
            {
                AttentionScores.F16(q, d, rows, (ushort*)keys, d, n, d, scores + column, Stride);
            }
            else if (pages.KeyType == ElementType.Q8_0 && rows <= RowsInPlace)
            {
                AttentionScores.Q8_0(q, d, rows, keys, (nint)pages.KeyBytes, n, d, scores + column, Stride);
            }
            else if (pages.KeyType == ElementType.Q4_0 && rows <= RowsInPlace)
            {
                AttentionScores.Q4_0(q, d, rows, keys, (nint)pages.KeyBytes, n, d, scores + column, Stride);
            }
            else
            {
                Expansion.ToF32((int)pages.KeyType, keys, expanded, (long)n * d);
                AttentionScores.F32(q, d, rows, expanded, d, n, d, scores + column, Stride);
            }
        }
    }

    /// <summary>accumulator[r] += sum over j of scores[r, column + j] values[j].</summary>
    /// <param name="scratch">Scratch with R rows.</param>
    /// <param name="column">Column of the run's first key in the chunk.</param>
    /// <param name="pages">The pages that hold the values.</param>
    /// <param name="run">The run.</param>
    /// <param name="kvHead">The KV head.</param>
    public static void AddValues(in ChunkScratch scratch, int column, in PageReader pages, in KeyRun run, int kvHead)
    {
        (int rows, int n, int d) = (scratch.Rows, run.Keys, scratch.ValueWidth);
        byte* values = pages.ValuesOf(run, kvHead);
        fixed (float* p = scratch.Scores, states = scratch.States, expanded = scratch.Expanded)
        {
            float* weights = p + column, sums = states + 2;
            if (pages.ValueType == ElementType.F32)
            {
                AttentionValues.F32(weights, Stride, rows, (float*)values, d, n, d, sums, 2 + d);
            }
            else if (pages.ValueType == ElementType.F16)
            {
                AttentionValues.F16(weights, Stride, rows, (ushort*)values, d, n, d, sums, 2 + d);
            }
            else if (pages.ValueType == ElementType.Q8_0 && rows <= RowsInPlace)
            {
                AttentionValues.Q8_0(weights, Stride, rows, values, (nint)pages.ValueBytes, n, d, sums, 2 + d);
            }
            else if (pages.ValueType == ElementType.Q4_0 && rows <= RowsInPlace)
            {
                AttentionValues.Q4_0(weights, Stride, rows, values, (nint)pages.ValueBytes, n, d, sums, 2 + d);
            }
            else
            {
                Expansion.ToF32((int)pages.ValueType, values, expanded, (long)n * d);
                AttentionValues.F32(weights, Stride, rows, expanded, d, n, d, sums, 2 + d);
            }
        }
    }
}
