using System.Runtime.InteropServices;
using Backend.Torch.Native;
using Backend.Torch.Shared;
using Spud;

namespace Backend.Torch.Attention;

/// <summary>Grouped-query attention over pages of any length.</summary>
internal sealed class TorchAttention : IAttention
{
    // A score is a product over a head: it counts as this many operations on one number.
    private const int ProductsPerScore = 4;
    private readonly IBuildContext _build;
    private readonly AttentionLayer?[] _layers;
    private readonly IReadOnlyList<RopeTable> _tables;
    private readonly CachedTensor _rows, _positions, _query, _key, _value, _max, _sum, _accumulator;
    private readonly ExpandedPages? _expanded;

    public TorchAttention(TorchOptions options, IBuildContext build)
    {
        _build = build;
        _layers = new AttentionLayer?[build.Model.Layers.Length];
        using WeightLoader weights = new(build, options.Device, options.Dtype.Element);
        Domain = weights.Domain;
        (_rows, _positions, _query, _key) = (new(weights.Device), new(weights.Device), new(weights.Device), new(weights.Device));
        (_value, _max, _sum, _accumulator) = (new(weights.Device), new(weights.Device), new(weights.Device), new(weights.Device));
        AttentionWeights taken = new(build, weights);
        foreach (int layer in build.Layers)
            _layers[layer] = new AttentionLayer(taken.Take(layer));

        _tables = taken.Tables;
        _expanded = Domain.IsHost ? new ExpandedPages(build) : null;
        build.EstimateNative(Domain, build.Layers.Max(NativeBytes));
    }

    public IMemoryDomain Domain { get; }

    public void Project(int layer, in Step step, in TensorView input, in Heads heads)
    {
        LayerDescription model = _build.Model.Layers[layer];
        int t = step.Rows;
        Shape.Require(input, [t, _build.Model.HiddenWidth], "input", "[T, C]");
        Shape.Require(heads.Query, [t, model.QueryHeads, model.Kv.KeyWidth], "query", "[T, H, D]");
        Shape.Require(heads.Key, [t, model.Kv.Heads, model.Kv.KeyWidth], "key", "[T, G, D]");
        Shape.Require(heads.Value, [t, model.Kv.Heads, model.Kv.ValueWidth], "value", "[T, G, Dv]");
        try
        {
            using NativeCall call = new(ThreadsFor((long)t * _build.Model.HiddenWidth));
            _layers[layer]!.Project(_rows.Of(input), _positions.Of(step.Positions), _query.Of(heads.Query), _key.Of(heads.Key), _value.Of(heads.Value));
        }
        catch (ExternalException fault)
        {
            throw TorchFault.Of(fault);
        }
    }

    public void Fold(int layer, in Step step, in TensorView query, in PageView pages, in AttentionState state)
    {
        LayerDescription model = _build.Model.Layers[layer];
        Shape.Require(query, [step.Rows, model.QueryHeads, model.Kv.KeyWidth], "query", "[T, H, D]");
        Require(model, step, state);
        try
        {
            using NativeCall call = new(ThreadsFor(ProductsPerScore * Scores(step, model.QueryHeads)));
            KeyFold fold = _layers[layer]!.Fold;
            if (_expanded is not null && ExpandedPages.Needs(pages))
                _expanded.Fold(fold, model, step, _query.Of(query), pages, StateOf(state));
            else
                fold.Fold(step.Sequences, _query.Of(query), FoldedPages.Of(pages), StateOf(state));
        }
        catch (ExternalException fault)
        {
            throw TorchFault.Of(fault);
        }
    }

    public void Finish(int layer, in Step step, in AttentionState state, in TensorView output)
    {
        Require(_build.Model.Layers[layer], step, state);
        Shape.Require(output, [step.Rows, _build.Model.HiddenWidth], "output", "[T, C]");
        try
        {
            using NativeCall call = new(ThreadsFor((long)step.Rows * _build.Model.HiddenWidth));
            _layers[layer]!.Finish(StateOf(state), _rows.Of(output));
        }
        catch (ExternalException fault)
        {
            throw TorchFault.Of(fault);
        }
    }

    public void Dispose()
    {
        foreach (AttentionLayer? layer in _layers)
            layer?.Dispose();

        foreach (IDisposable table in _tables)
            table.Dispose();

        foreach (IDisposable tensor in (ReadOnlySpan<IDisposable>)[_rows, _positions, _query, _key, _value, _max, _sum, _accumulator])
            tensor.Dispose();
    }

    private static void Require(LayerDescription model, in Step step, in AttentionState state)
    {
        (int t, int h) = (step.Rows, model.QueryHeads);
        Shape.Require(state.Max, [t, h], "max", "[T, H]");
        Shape.Require(state.Sum, [t, h], "sum", "[T, H]");
        Shape.Require(state.Accumulator, [t, h, model.Kv.ValueWidth], "accumulator", "[T, H, Dv]");
    }

    private int ThreadsFor(long elements) => NativeThreads.For(elements, _build.Pool.Threads);

    /// <summary>Maximum number of scores in a step.</summary>
    private static long Scores(in Step step, int heads)
    {
        long scores = 0;
        foreach (SequenceSlice slice in step.Sequences)
            scores += (long)slice.Rows * (slice.FirstPosition + slice.Rows) * heads;

        return scores;
    }

    private State StateOf(in AttentionState state) => new(_max.Of(state.Max), _sum.Of(state.Sum), _accumulator.Of(state.Accumulator), state);

    // Project's products and their copies; in Fold the scores of a part, with keys and values that had to be gathered or converted.
    private long NativeBytes(int layer)
    {
        LayerDescription model = _build.Model.Layers[layer];
        (int h, int g, int d, int dv) = (model.QueryHeads, model.Kv.Heads, model.Kv.KeyWidth, model.Kv.ValueWidth);
        long project = (long)_build.Limits.Rows * (3 * _build.Model.HiddenWidth + 3 * (h + g) * d + g * dv);
        long fold = (long)KeyFold.RowsAtOnce * h * (2 * KeyFold.KeysAtOnce + d + 3 * dv) + (long)KeyFold.KeysAtOnce * g * (d + dv);
        return Math.Max(project, fold) * sizeof(float);
    }
}
