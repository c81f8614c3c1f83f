using System.Numerics.Tensors;

namespace Spud.Evaluation.Calibration;

/// <summary>Attention probabilities of the rows of a step through one KV head: exp(q . k - Max) / Sum of each of its query heads.</summary>
/// <param name="of">The layer.</param>
/// <param name="head">The KV head.</param>
/// <param name="query">F32 [T, H, D].</param>
/// <param name="state">Max and Sum [T, H].</param>
/// <param name="pages">F32 keys on the host.</param>
/// <param name="slice">The rows.</param>
internal readonly struct HeadRows(LayerDescription of, int head, TensorView query, AttentionState state, PageView pages, SequenceSlice slice)
{
    private readonly int _group = of.QueryHeads / of.Kv.Heads, _width = of.Kv.KeyWidth;

    /// <summary>The probabilities that a row gave to keys at positions from .. to - 1, over all query heads of the group.</summary>
    public double Sum(int row, int from, int to)
    {
        double sum = 0;
        foreach (ref readonly KeyRun run in pages.Of(0, head))
        {
            int first = Math.Max(0, from - run.FirstPosition), end = Math.Min(run.Keys, to - run.FirstPosition);
            for (int i = 0; i < _group && first < end; i++)
            {
                (TensorView keys, float offset) = (pages.KeysOf(run, head), OffsetOf(row, i));
                for (int key = first; key < end; key++)
                    sum += MathF.Exp(TensorPrimitives.Dot(QueryOf(row, i), keys.AsSpan<float>().Slice(key * _width, _width)) - offset);
            }
        }

        return sum;
    }

    /// <summary>Raises each key's log probability to the maximum over all rows from a first one on.</summary>
    /// <param name="firstRow">0 .. rows - 1.</param>
    /// <param name="largest">[tokens], by position.</param>
    public void AddMaxima(int firstRow, Span<float> largest)
    {
        foreach (ref readonly KeyRun run in pages.Of(0, head))
        {
            int end = Math.Min(run.Keys, largest.Length - run.FirstPosition);
            ReadOnlySpan<float> keys = pages.KeysOf(run, head).AsSpan<float>();
            for (int row = firstRow; row < slice.Rows && end > 0; row++)
            {
                for (int i = 0; i < _group; i++)
                {
                    ReadOnlySpan<float> q = QueryOf(row, i);
                    float offset = OffsetOf(row, i);
                    for (int key = 0; key < end; key++)
                    {
                        ref float most = ref largest[run.FirstPosition + key];
                        most = MathF.Max(most, TensorPrimitives.Dot(q, keys.Slice(key * _width, _width)) - offset);
                    }
                }
            }
        }
    }

    private ReadOnlySpan<float> QueryOf(int row, int i) => query.At(slice.FirstRow + row).AsSpan<float>().Slice((head * _group + i) * _width, _width);

    private float OffsetOf(int row, int i)
    {
        int entry = head * _group + i;
        return state.Max.At(slice.FirstRow + row).AsSpan<float>()[entry] + MathF.Log(state.Sum.At(slice.FirstRow + row).AsSpan<float>()[entry]);
    }
}
