using System.Numerics.Tensors;
using Spud;

namespace TemplateSpace;

/// <summary>Grouped-query attention in three calls: the host stores keys and values in pages between the first and the second.</summary>
internal sealed class PlainAttention : IAttention
{
    private readonly IBuildContext _build;
    private readonly AttentionWeights?[] _layers;
    private readonly Workspace _expanded;
    private readonly float[] _row, _mixed;
    private readonly float[][] _scratch;

    public PlainAttention(IBuildContext build)
    {
        _build = build;
        _layers = new AttentionWeights?[build.Model.Layers.Length];
        foreach (int layer in build.Layers)
            _layers[layer] = new AttentionWeights(build, layer);

        int keyWidth = build.Layers.Max(layer => build.Model.Layers[layer].Kv.KeyWidth), valueWidth = build.Layers.Max(layer => build.Model.Layers[layer].Kv.ValueWidth);
        _row = new float[build.Model.HiddenWidth];
        _mixed = new float[build.Layers.Max(layer => build.Model.Layers[layer].QueryHeads * build.Model.Layers[layer].Kv.ValueWidth)];
        _expanded = build.Reserve(build.Host, (long)sizeof(float) * build.Pool.Threads * FoldJob.Block * (keyWidth + valueWidth));
        _scratch = [.. Enumerable.Range(0, build.Pool.Threads).Select(_ => new float[FoldJob.Block + valueWidth])];
    }

    public IMemoryDomain Domain => _build.Host;

    public void Project(int layer, in Step step, in TensorView input, in Heads heads)
    {
        LayerDescription of = _build.Model.Layers[layer];
        Shape.Require(input, [step.Rows, _build.Model.HiddenWidth], "input");
        Shape.Require(heads.Query, [step.Rows, of.QueryHeads, of.Kv.KeyWidth], "query");
        Shape.Require(heads.Key, [step.Rows, of.Kv.Heads, of.Kv.KeyWidth], "key");
        Shape.Require(heads.Value, [step.Rows, of.Kv.Heads, of.Kv.ValueWidth], "value");
        AttentionWeights weights = _layers[layer]!;
        float scale = of.Number(Trait.ScoreScale, 1 / MathF.Sqrt(of.Kv.KeyWidth));
        for (int row = 0; row < step.Rows; row++)
        {
            Norm(input.At(row).AsSpan<float>(), weights.Norm.AsSpan<float>());
            int position = step.Positions.AsSpan<int>()[row];
            Multiply(weights.Query, _row, heads.Query.At(row).AsSpan<float>());
            Rotary.Turn(of, position, scale, heads.Query.At(row).AsSpan<float>());
            Multiply(weights.Key, _row, heads.Key.At(row).AsSpan<float>());
            Rotary.Turn(of, position, 1, heads.Key.At(row).AsSpan<float>());
            Multiply(weights.Value, _row, heads.Value.At(row).AsSpan<float>());
        }
    }

    public void Fold(int layer, in Step step, in TensorView query, in PageView pages, in AttentionState state)
    {
        LayerDescription of = _build.Model.Layers[layer];
        Shape.Require(query, [step.Rows, of.QueryHeads, of.Kv.KeyWidth], "query");
        Shape.Require(state.Max, [step.Rows, of.QueryHeads], "max");
        Shape.Require(state.Sum, [step.Rows, of.QueryHeads], "sum");
        Shape.Require(state.Accumulator, [step.Rows, of.QueryHeads, of.Kv.ValueWidth], "accumulator");
        FoldJob job = new()
        {
            Layer = of,
            Host = _build.Host,
            Step = step,
            Query = query,
            Pages = pages,
            State = state,
            Expanded = _expanded.View(ElementType.F32, _build.Pool.Threads, FoldJob.Block * (of.Kv.KeyWidth + of.Kv.ValueWidth)),
            Scratch = _scratch,
        };
        _build.Pool.Run(of.Kv.Heads, ref job);
    }

    public void Finish(int layer, in Step step, in AttentionState state, in TensorView output)
    {
        LayerDescription of = _build.Model.Layers[layer];
        Shape.Require(state.Sum, [step.Rows, of.QueryHeads], "sum");
        Shape.Require(state.Accumulator, [step.Rows, of.QueryHeads, of.Kv.ValueWidth], "accumulator");
        Shape.Require(output, [step.Rows, _build.Model.HiddenWidth], "output");
        Span<float> mixed = _mixed.AsSpan(0, of.QueryHeads * of.Kv.ValueWidth);
        for (int row = 0; row < step.Rows; row++)
        {
            ReadOnlySpan<float> sums = state.Sum.At(row).AsSpan<float>();
            for (int head = 0; head < of.QueryHeads; head++)
            {
                Span<float> part = mixed.Slice(head * of.Kv.ValueWidth, of.Kv.ValueWidth);
                if (sums[head] == 0)
                    part.Clear(); // nothing was visible: the accumulator is undefined
                else
                    TensorPrimitives.Divide(state.Accumulator.At(row).At(head).AsSpan<float>(), sums[head], part);
            }

            Multiply(_layers[layer]!.Output, mixed, _row);
            Span<float> to = output.At(row).AsSpan<float>();
            TensorPrimitives.MultiplyAdd(_row, of.Number(Trait.AttentionResidualScale, 1), to, to);
        }
    }

    public void Dispose()
    {
        // Everything was allocated through the build context, which frees it.
    }

    private void Norm(ReadOnlySpan<float> input, ReadOnlySpan<float> weight)
    {
        float scale = 1 / MathF.Sqrt(TensorPrimitives.SumOfSquares(input) / input.Length + _build.Model.NormEpsilon);
        TensorPrimitives.Multiply(input, scale, _row);
        TensorPrimitives.Multiply(_row, weight, _row);
    }

    private static void Multiply(in TensorView matrix, ReadOnlySpan<float> x, Span<float> y)
    {
        for (int row = 0; row < y.Length; row++)
            y[row] = TensorPrimitives.Dot(matrix.At(row).AsSpan<float>(), x);
    }
}
