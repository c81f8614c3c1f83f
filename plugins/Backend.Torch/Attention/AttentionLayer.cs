using Backend.Torch.Shared;
using Spud;
using static TorchSharp.torch;

namespace Backend.Torch.Attention;

/// <summary>A state as tensors, and as views if the host may read it.</summary>
internal readonly record struct State(Tensor Max, Tensor Sum, Tensor Accumulator, AttentionState Views);

/// <summary>Project and Finish of one layer; Fold is in <see cref="KeyFold"/>.</summary>
internal sealed class AttentionLayer(AttentionParts parts) : IDisposable
{
    private readonly Factor _residualScale = new(parts.ResidualScale), _zero = new(0);

    // A tensor: libtorch would have to wrap a number first, which takes four times as long as the product.
    private readonly Tensor _scoreScale = tensor(parts.ScoreScale);

    public KeyFold Fold { get; } = new(parts);

    /// <summary>Fills query [T, H, D], key [T, G, D] and value [T, G, Dv] from input [T, C].</summary>
    public void Project(Tensor input, Tensor positions, Tensor query, Tensor key, Tensor value)
    {
        (long rows, int h, int g, int d) = (input.size(0), parts.QueryHeads, parts.KvHeads, parts.KeyWidth);
        using Tensor normed = parts.Norm.Of(input), all = parts.Qkv.Apply(normed);
        if (parts.FullQueryNorm is not null)
            NormFully(all, h * d, g * d);

        // Queries and keys are normalised and rotated alike, in one operation.
        using Tensor both = all.narrow(1, 0, (h + g) * d), split = both.view(rows, h + g, d);
        using Tensor heads = parts.HeadNorm is { } norm ? norm.Of(split) : split.alias();
        using Tensor turned = parts.Rope is { } rope ? rope.Turned(heads, positions) : heads.alias();
        using Tensor queries = turned.narrow(1, 0, h), keys = turned.narrow(1, h, g);
        query.copy_(queries);
        query.mul_(_scoreScale);
        key.copy_(keys);
        using Tensor last = all.narrow(1, (h + g) * d, g * parts.ValueWidth), values = last.view(rows, g, parts.ValueWidth);
        value.copy_(values);
    }

    /// <summary>Adds the attention output to output [T, C].</summary>
    public void Finish(in State state, Tensor output)
    {
        Attend(state);
        using Tensor rows = state.Accumulator.view(output.size(0), parts.QueryHeads * parts.ValueWidth);
        if (parts.PostNorm is null)
        {
            parts.Output.AddTo(output, rows, _residualScale);
            return;
        }

        using Tensor result = parts.Output.Apply(rows), normed = parts.PostNorm.Of(result);
        output.add_(normed, _residualScale.Scalar);
    }

    public void Dispose()
    {
        foreach (IDisposable? part in (ReadOnlySpan<IDisposable?>)
        [
            parts.Norm, parts.Qkv, parts.FullQueryNorm, parts.FullKeyNorm, parts.HeadNorm, parts.Output, parts.Sinks, parts.PostNorm,
            _scoreScale, _residualScale, _zero, Fold,
        ])
            part?.Dispose();
    }

    private void NormFully(Tensor all, int queryWidth, int keyWidth)
    {
        using Tensor queries = all.narrow(1, 0, queryWidth), keys = all.narrow(1, queryWidth, keyWidth);
        using Tensor normedQueries = parts.FullQueryNorm!.Of(queries), normedKeys = parts.FullKeyNorm!.Of(keys);
        queries.copy_(normedQueries);
        keys.copy_(normedKeys);
    }

    /// <summary>Divides the accumulators in place: adds sinks to the sum and divides by it. Empty entries become 0, whatever they contain.</summary>
    private void Attend(in State state)
    {
        using Tensor factor = parts.Sinks is { } sinks ? WithSinks(state, sinks) : state.Sum.reciprocal(), column = factor.unsqueeze(2);
        state.Accumulator.mul_(column);
        if (parts.Device.IsHost && !ContainsEmpty(state.Views.Sum.AsSpan<float>()))
            return;

        using Tensor empty = state.Sum.le(_zero.Scalar), mask = empty.unsqueeze(2);
        state.Accumulator.masked_fill_(mask, _zero.Scalar);
    }

    private static Tensor WithSinks(in State state, Tensor sinks)
    {
        using Tensor top = state.Max.maximum(sinks), keep = state.Max.sub(top), own = sinks.sub(top);
        keep.exp_();
        own.exp_();
        using Tensor sum = state.Sum.mul(keep);
        sum.add_(own, Factor.One.Scalar);
        return keep.div(sum);
    }

    private static bool ContainsEmpty(ReadOnlySpan<float> sums)
    {
        foreach (float sum in sums)
        {
            if (!(sum > 0))
                return true;
        }

        return false;
    }
}
