using Backend.Onnx.Shared;
using Backend.Onnx.Weights;
using Spud;

namespace Backend.Onnx.Attention;

/// <summary>Grouped-query attention: one graph projects, one folds, one finishes.</summary>
internal sealed class OnnxAttention : IAttention
{
    private readonly IBuildContext _build;
    private readonly Sessions _sessions;
    private readonly AttentionLayer[] _layers;
    private readonly Fold _fold;
    private readonly Workspace _positions;

    public OnnxAttention(AttentionOptions options, IBuildContext build, Sessions sessions)
    {
        (_build, _sessions, _layers) = (build, sessions, new AttentionLayer[build.Model.Layers.Length]);
        LayerFactory factory = new(build, sessions, new WeightReader(build, sessions.Device, options));
        foreach (int layer in build.Layers)
            _layers[layer] = factory.Make(layer);

        _fold = new Fold(build, sessions, factory.Shapes);
        _positions = build.Reserve(build.Host, (long)build.Limits.Rows * sizeof(long));
        long widest = factory.Shapes.Max(shape => 2L * (shape.QueryOutputs + shape.KeyOutputs + shape.ValueOutputs));
        build.EstimateNative(Domain, build.Limits.Rows * (widest + build.Model.HiddenWidth) * sizeof(float));
    }

    public IMemoryDomain Domain => _sessions.Domain;

    public void Project(int layer, in Step step, in TensorView input, in Heads heads)
    {
        AttentionLayer attention = _layers[layer];
        Geometry shape = attention.Shape;
        int t = step.Rows, c = _build.Model.HiddenWidth;
        Shape.Require(input, [t, c], "input", "[T, C]");
        Shape.Require(heads.Query, [t, shape.QueryHeads, shape.KeyWidth], "query", "[T, H, D]");
        Shape.Require(heads.Key, [t, shape.KvHeads, shape.KeyWidth], "key", "[T, G, D]");
        Shape.Require(heads.Value, [t, shape.KvHeads, shape.ValueWidth], "value", "[T, G, Dv]");
        foreach (SequenceSlice sequence in step.Sequences)
            attention.Rope?.Cover(sequence.FirstPosition + sequence.Rows);

        attention.Project.Run(input, Positions(step), heads);
    }

    public void Fold(int layer, in Step step, in TensorView query, in PageView pages, in AttentionState state)
    {
        AttentionLayer attention = _layers[layer];
        Shape.Require(query, [step.Rows, attention.Shape.QueryHeads, attention.Shape.KeyWidth], "query", "[T, H, D]");
        Require(attention, step, state);
        _fold.Run(attention, step, query, pages, state);
    }

    public void Finish(int layer, in Step step, in AttentionState state, in TensorView output)
    {
        AttentionLayer attention = _layers[layer];
        Require(attention, step, state);
        Shape.Require(output, [step.Rows, _build.Model.HiddenWidth], "output", "[T, C]");
        if (Domain.IsHost)
            FillEmpty(state);
        attention.Finish.Run(state, output);
    }

    public void Dispose() => _sessions.Dispose();

    private static void Require(AttentionLayer attention, in Step step, in AttentionState state)
    {
        (int t, int h) = (step.Rows, attention.Shape.QueryHeads);
        Shape.Require(state.Max, [t, h], "max", "[T, H]");
        Shape.Require(state.Sum, [t, h], "sum", "[T, H]");
        Shape.Require(state.Accumulator, [t, h, attention.Shape.ValueWidth], "accumulator", "[T, H, Dv]");
    }

    // Rows that saw no key attend to nothing: their accumulator may hold NaN.
    private static void FillEmpty(in AttentionState state)
    {
        Span<float> sum = state.Sum.AsSpan<float>();
        if (!sum.Contains(0f))
            return;

        Span<float> max = state.Max.AsSpan<float>(), accumulators = state.Accumulator.AsSpan<float>();
        int width = accumulators.Length / sum.Length;
        for (int i = 0; i < sum.Length; i++)
        {
            if (sum[i] != 0)
                continue;

            (max[i], sum[i]) = (FoldMask.Hidden, 1);
            accumulators.Slice(i * width, width).Clear();
        }
    }

    // I64 [T], as the operator expects; on a device the graph widens.
    private TensorView Positions(in Step step)
    {
        if (!Domain.IsHost)
            return step.Positions;

        TensorView wide = _positions.View(ElementType.I64, step.Rows);
        Span<long> to = wide.AsSpan<long>();
        ReadOnlySpan<int> from = step.Positions.AsSpan<int>();
        for (int row = 0; row < from.Length; row++)
            to[row] = from[row];
        return wide;
    }
}
