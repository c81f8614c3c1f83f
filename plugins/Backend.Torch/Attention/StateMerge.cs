using Backend.Torch.Shared;
using static TorchSharp.torch;

namespace Backend.Torch.Attention;

/// <summary>Merges the result of folding some keys into the state of a block of rows.</summary>
internal sealed class StateMerge(AttentionParts parts) : IDisposable
{
    private readonly Factor _zero = new(0), _lowest = new(float.MinValue);

    /// <param name="state">The state, modified.</param>
    /// <param name="block">The block of rows.</param>
    /// <param name="max">[G, rows * H / G, 1].</param>
    /// <param name="sum">[G, rows * H / G].</param>
    /// <param name="accumulator">[G, rows * H / G, Dv].</param>
    public void Into(in State state, in Block block, Tensor max, Tensor sum, Tensor accumulator)
    {
        using Tensor oldMax = Rows(state.Max, block), oldSum = Rows(state.Sum, block), oldAccumulator = WideRows(state.Accumulator, block);
        using Tensor newMax = max.view(parts.KvHeads, block.Rows, parts.Group), newSum = sum.view(parts.KvHeads, block.Rows, parts.Group);
        using Tensor newAccumulator = accumulator.view(parts.KvHeads, block.Rows, parts.Group, parts.ValueWidth);
        if (IsEmpty(state, block))
        {
            oldMax.copy_(newMax);
            oldSum.copy_(newSum);
            oldAccumulator.copy_(newAccumulator);
            return;
        }

        // The maximum and accumulator of an empty entry may hold NaN: they are replaced, never multiplied.
        using Tensor empty = oldSum.le(_zero.Scalar), before = oldMax.masked_fill(empty, _lowest.Scalar), top = before.maximum(newMax);
        using Tensor keep = before.sub(top), add = newMax.sub(top);
        keep.exp_();
        add.exp_();
        Scale(oldAccumulator, newAccumulator, empty, keep, add);
        using Tensor kept = oldSum.mul(keep), added = newSum.mul(add);
        kept.add_(added, Factor.One.Scalar);
        oldSum.copy_(kept);
        oldMax.copy_(top);
    }

    public void Dispose()
    {
        _zero.Dispose();
        _lowest.Dispose();
    }

    private void Scale(Tensor old, Tensor added, Tensor empty, Tensor keep, Tensor add)
    {
        using Tensor mask = empty.unsqueeze(3), keepColumn = keep.unsqueeze(3), addColumn = add.unsqueeze(3);
        old.masked_fill_(mask, _zero.Scalar);
        old.mul_(keepColumn);
        using Tensor share = added.mul(addColumn);
        old.add_(share, Factor.One.Scalar);
    }

    /// <summary>Whether the host can see that nothing was folded into these rows.</summary>
    private bool IsEmpty(in State state, in Block block) =>
        parts.Device.IsHost
        && !state.Views.Sum.AsSpan<float>().Slice(block.FirstRow * parts.QueryHeads, block.Rows * parts.QueryHeads).ContainsAnyExcept(0f);

    /// <summary>Rows of [T, H] as [G, rows, H / G], the order of the computation.</summary>
    private Tensor Rows(Tensor state, in Block block)
    {
        using Tensor part = state.narrow(0, block.FirstRow, block.Rows);
        if (block.Rows == 1)
            return part.view(parts.KvHeads, 1, parts.Group);

        using Tensor split = part.view(block.Rows, parts.KvHeads, parts.Group);
        return split.transpose(0, 1);
    }

    /// <summary>Rows of [T, H, Dv] in the same order.</summary>
    private Tensor WideRows(Tensor state, in Block block)
    {
        using Tensor part = state.narrow(0, block.FirstRow, block.Rows);
        if (block.Rows == 1)
            return part.view(parts.KvHeads, 1, parts.Group, parts.ValueWidth);

        using Tensor split = part.view(block.Rows, parts.KvHeads, parts.Group, parts.ValueWidth);
        return split.transpose(0, 1);
    }
}
