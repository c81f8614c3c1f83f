using Backend.Shared.Attention;
using Backend.Torch.Native;
using Backend.Torch.Shared;
using Spud;
using TorchSharp;
using static TorchSharp.torch;

namespace Backend.Torch.Attention;

/// <summary>Online softmax over runs of keys (Milakov and Gimelshein, arXiv:1805.02867), a number of rows and keys at a time.</summary>
internal sealed class KeyFold(AttentionParts parts) : IDisposable
{
    /// <summary>Maximum rows folded at once, so that long prompts need no more memory than short ones.</summary>
    public const int RowsAtOnce = 128;

    /// <summary>Maximum keys folded at once.</summary>
    public const int KeysAtOnce = 2048;

    private static readonly long[] s_last = [-1];
    private readonly CachedTensor _keys = new(parts.Device), _values = new(parts.Device);
    private readonly Factor _lowest = new(float.MinValue), _infinity = new(float.NegativeInfinity);
    private readonly StateMerge _merge = new(parts);
    private readonly List<KeyRun> _segments = [];

    /// <summary>Folds pages of a type that libtorch computes with.</summary>
    /// <param name="slices">[S], the sequences that the pages' run offsets [S + 1] correspond to.</param>
    /// <param name="query">[T, H, D].</param>
    /// <param name="pages">The pages to read.</param>
    /// <param name="state">The state to merge into.</param>
    public void Fold(ReadOnlySpan<SequenceSlice> slices, Tensor query, in FoldedPages pages, in State state)
    {
        for (int sequence = 0; sequence < slices.Length; sequence++)
        {
            SequenceSlice slice = slices[sequence];
            for (int row = 0; row < slice.Rows; row += RowsAtOnce)
            {
                Block block = new(slice.FirstRow + row, Math.Min(RowsAtOnce, slice.Rows - row), slice.FirstPosition + row);
                FoldBlock(sequence, block, query, pages, state);
            }
        }
    }

    /// <summary>Keys that a row sees, including its own; null for all keys up to it.</summary>
    public int? Window => parts.Window > 0 ? parts.Window : null;

    public void Dispose()
    {
        foreach (IDisposable part in (ReadOnlySpan<IDisposable>)[_keys, _values, _lowest, _infinity, _merge])
            part.Dispose();
    }

    private void FoldBlock(int sequence, in Block block, Tensor query, in FoldedPages pages, in State state)
    {
        using Tensor rows = Grouped(query, block);
        int from = parts.Window > 0 ? block.FirstPosition - parts.Window + 1 : 0, waiting = 0;
        ReadOnlySpan<int> offsets = pages.RunOffsets.AsSpan<int>();
        ReadOnlySpan<KeyRun> runs = pages.Runs.AsSpan<KeyRun>();
        _segments.Clear();
        foreach (KeyRun run in runs[offsets[sequence]..offsets[sequence + 1]])
        {
            KeyRun seen = RunSearch.Cut(run, pages.PositionsOf(run), from, block.LastPosition);
            while (seen.Keys > 0)
            {
                int now = Math.Min(seen.Keys, KeysAtOnce - waiting);
                ReadOnlySpan<int> positions = pages.PositionsOf(seen);
                _segments.Add(RunSearch.Part(seen, positions, 0, now));
                seen = RunSearch.Part(seen, positions, now, seen.Keys - now);
                waiting += now;
                if (waiting < KeysAtOnce)
                    continue;

                FoldSegments(block, rows, pages, state);
                _segments.Clear();
                waiting = 0;
            }
        }

        if (waiting > 0)
            FoldSegments(block, rows, pages, state);
    }

    /// <summary>Queries as [G, rows * H / G, D]: the heads of a group share their keys, so they are rows of one product.</summary>
    private Tensor Grouped(Tensor query, in Block block)
    {
        using Tensor part = query.narrow(0, block.FirstRow, block.Rows);
        if (block.Rows == 1)
            return part.view(parts.KvHeads, parts.Group, parts.KeyWidth);

        using Tensor split = part.view(block.Rows, parts.KvHeads, parts.Group, parts.KeyWidth), swapped = split.transpose(0, 1);
        return swapped.reshape(parts.KvHeads, block.Rows * parts.Group, parts.KeyWidth);
    }

    private void FoldSegments(in Block block, Tensor query, in FoldedPages pages, in State state)
    {
        // A device computes in the type of its pages, as used by its matrix units; a CPU in f32, unless pages and weights are bf16.
        bool narrow = pages.Keys.Type == ElementType.BF16 && pages.Values.Type == ElementType.BF16 && parts.Qkv.Type == ScalarType.BFloat16;
        ScalarType math = parts.Device.ComputesOnProcessor && !narrow ? ScalarType.Float32 : pages.Keys.Type.Scalar;
        using Tensor keys = Gathered(_keys.Of(pages.Keys), math, pages.Keys.Type), turned = keys.transpose(1, 2);
        using Tensor values = Gathered(_values.Of(pages.Values), math, pages.Values.Type);
        using Tensor scores = Scores(query, turned, math);
        bool hides = Hide(block, pages, scores);

        using Tensor max = scores.amax(s_last, keepdim: true);
        // For a row that sees no key here the maximum is made finite, so that its weights become 0 and not NaN.
        if (hides)
            max.clamp_min_(_lowest.Scalar);

        scores.sub_(max);
        scores.exp_();
        using Tensor sum = scores.sum(-1), accumulator = Accumulator(scores, values, math);
        _merge.Into(state, block, max, sum, accumulator);
    }

    private static Tensor Scores(Tensor query, Tensor keys, ScalarType math)
    {
        if (math == ScalarType.Float32)
            return query.bmm(keys);

        using Tensor narrow = query.to(math), product = narrow.bmm(keys);
        return product.to(ScalarType.Float32);
    }

    private static Tensor Accumulator(Tensor weights, Tensor values, ScalarType math)
    {
        if (math == ScalarType.Float32)
            return weights.bmm(values);

        using Tensor narrow = weights.to(math), product = narrow.bmm(values);
        return product.to(ScalarType.Float32);
    }

    /// <summary>[G, keys, D] of the segments, in the type of the computation.</summary>
    private Tensor Gathered(Tensor pages, ScalarType math, ElementType type)
    {
        Tensor together = Together(pages);
        if (type.Scalar == math)
            return together;

        using (together)
            return together.to(math);
    }

    private Tensor Together(Tensor pages)
    {
        if (_segments.Count == 1)
            return Part(pages, _segments[0]);

        Tensor[] all = [.. _segments.Select(segment => Part(pages, segment))];
        try
        {
            return cat(all, 1);
        }
        finally
        {
            foreach (Tensor part in all)
                part.Dispose();
        }
    }

    private static Tensor Part(Tensor pages, KeyRun segment)
    {
        using Tensor page = pages.select(0, segment.Page);
        return page.narrow(1, segment.FirstKey, segment.Keys);
    }

    /// <summary>Sets the scores of hidden keys to minus infinity; returns false if every row sees every key.</summary>
    private bool Hide(in Block block, in FoldedPages pages, Tensor scores)
    {
        int first = _segments[0].FirstPosition, last = _segments[^1].LastPosition;
        bool later = last > block.FirstPosition, older = parts.Window > 0 && first <= block.LastPosition - parts.Window;
        if (!later && !older)
            return false;

        using Tensor allPositions = ForeignMemory.Tensor(pages.Positions), keys = PositionsOfKeys(allPositions);
        using Scalar start = block.FirstPosition, end = block.LastPosition + 1, window = parts.Window;
        using Tensor range = arange(start, end, ScalarType.Int32), rows = range.unsqueeze(1), hidden = keys.gt(rows);
        if (older)
        {
            using Tensor oldest = rows.sub(window), gone = keys.le(oldest);
            hidden.logical_or_(gone);
        }

        using Tensor there = hidden.to(parts.Device.Torch), mask = there.view(1, block.Rows, 1, scores.size(2));
        using Tensor byRow = scores.view(parts.KvHeads, block.Rows, parts.Group, scores.size(2));
        byRow.masked_fill_(mask, _infinity.Scalar);
        return true;
    }

    private Tensor PositionsOfKeys(Tensor positions)
    {
        Tensor[] all = [.. _segments.Select(segment =>
        {
            using Tensor page = positions.select(0, segment.Page);
            return page.narrow(0, segment.FirstKey, segment.Keys);
        })];
        if (all.Length == 1)
            return all[0];

        try
        {
            return cat(all);
        }
        finally
        {
            foreach (Tensor part in all)
                part.Dispose();
        }
    }
}
