using Backend.Torch.Native;
using Backend.Torch.Shared;
using Spud;

namespace Backend.Torch.Attention;

/// <summary>Grouped-query attention over pages of any length.</summary>
internal sealed class TorchAttention : IAttention
{
    // As in shim/fold.cpp: what one piece of a fold holds.
    private const int FoldedRows = 128, FoldedKeys = 2048;
    private readonly IBuildContext _build;
    private readonly AttentionHandle?[] _layers;
    private readonly ExpandedPages? _expanded;

    public TorchAttention(TorchOptions options, IBuildContext build)
    {
        _build = build;
        _layers = new AttentionHandle?[build.Model.Layers.Length];
        using WeightLoader weights = new(build, options.Device, options.Dtype.Element);
        Domain = weights.Domain;
        AttentionWeights taken = new(build, weights);
        foreach (int layer in build.Layers)
            _layers[layer] = new AttentionHandle(taken.Take(layer));

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
        _layers[layer]!.Project(input, step.Positions, heads);
    }

    public void Fold(int layer, in Step step, in TensorView query, in PageView pages, in AttentionState state)
    {
        LayerDescription model = _build.Model.Layers[layer];
        Shape.Require(query, [step.Rows, model.QueryHeads, model.Kv.KeyWidth], "query", "[T, H, D]");
        Require(model, step, state);
        if (_expanded is not null && ExpandedPages.Needs(pages))
            _expanded.Fold(_layers[layer]!, model, step, query, pages, state);
        else
            _layers[layer]!.Fold(step.Sequences, query, FoldedPages.Of(pages), state);
    }

    public void Finish(int layer, in Step step, in AttentionState state, in TensorView output)
    {
        Require(_build.Model.Layers[layer], step, state);
        Shape.Require(output, [step.Rows, _build.Model.HiddenWidth], "output", "[T, C]");
        _layers[layer]!.Finish(state, output);
    }

    public void Dispose()
    {
        foreach (AttentionHandle? layer in _layers)
            layer?.Dispose();
    }

    private static void Require(LayerDescription model, in Step step, in AttentionState state)
    {
        (int t, int h) = (step.Rows, model.QueryHeads);
        Shape.Require(state.Max, [t, h], "max", "[T, H]");
        Shape.Require(state.Sum, [t, h], "sum", "[T, H]");
        Shape.Require(state.Accumulator, [t, h, model.Kv.ValueWidth], "accumulator", "[T, H, Dv]");
    }

    // Project's products and their copies; in Fold the scores of a piece, with keys and values that had to be gathered or converted.
    private long NativeBytes(int layer)
    {
        LayerDescription model = _build.Model.Layers[layer];
        (int h, int g, int d, int dv) = (model.QueryHeads, model.Kv.Heads, model.Kv.KeyWidth, model.Kv.ValueWidth);
        long project = (long)_build.Limits.Rows * (3 * _build.Model.HiddenWidth + 3 * (h + g) * d + g * dv);
        long fold = (long)FoldedRows * h * (2 * FoldedKeys + d + 3 * dv) + (long)FoldedKeys * g * (d + dv);
        return Math.Max(project, fold) * sizeof(float);
    }
}
