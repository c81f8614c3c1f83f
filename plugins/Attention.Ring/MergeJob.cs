using Spud;
using Spud.Numerics;

namespace Attention.Ring;

/// <summary>Merges the states of ranks into the result, in the order of the ranks; a part is some rows.</summary>
internal struct MergeJob : IJob
{
    /// <summary>Rows per part.</summary>
    public const int PartRows = 16;

    /// <summary>The states of all ranks. Those of ranks that folded nothing are skipped.</summary>
    public RankStates States;

    /// <summary>The result.</summary>
    public AttentionState Into;

    public readonly int Parts => (Into.Sum.Shape[0] + PartRows - 1) / PartRows;

    public readonly void Run(int part, int worker)
    {
        int rows = Into.Sum.Shape[0], end = Math.Min(rows, (part + 1) * PartRows);
        for (int rank = 1; rank < States.Ranks; rank++)
        {
            if (!States.HasKeys(rank))
                continue;

            ref readonly AttentionState from = ref States[rank];
            for (int row = part * PartRows; row < end; row++)
                MergeRow(from, Into, row);
        }
    }

    /// <summary>Merges one row of a state into the same row of another.</summary>
    public static void MergeRow(in AttentionState from, in AttentionState into, int row)
    {
        int heads = from.Sum.Shape[1], width = from.Accumulator.Shape[2];
        Span<float> max = from.Max.At(row).AsSpan<float>(), sum = from.Sum.At(row).AsSpan<float>(), accumulators = from.Accumulator.At(row).AsSpan<float>();
        Span<float> intoMax = into.Max.At(row).AsSpan<float>(), intoSum = into.Sum.At(row).AsSpan<float>(), intoAccumulators = into.Accumulator.At(row).AsSpan<float>();
        for (int head = 0; head < heads; head++)
            StateMerge.Run(max[head], sum[head], accumulators.Slice(head * width, width), ref intoMax[head], ref intoSum[head], intoAccumulators.Slice(head * width, width));
    }
}
