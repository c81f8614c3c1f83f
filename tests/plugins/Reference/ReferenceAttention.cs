using Spud;

namespace Reference;

/// <summary>Grouped-query attention over paged keys.</summary>
internal sealed class ReferenceAttention : IAttention, IMakesFolds, IGivesKeyMass
{
    private readonly ModelDescription _model;
    private readonly AttentionWeights?[] _layers;
    private readonly Folding _folding;
    private readonly double[] _row, _heads, _added;

    public ReferenceAttention(IBuildContext build, IMemoryDomain domain)
    {
        (_model, Domain) = (build.Model, domain);
        _layers = new AttentionWeights?[_model.Layers.Length];
        foreach (int layer in build.Layers)
            _layers[layer] = new AttentionWeights(build, domain, layer);

        _folding = new Folding(build, domain);
        (_row, _added) = (new double[_model.HiddenWidth], new double[_model.HiddenWidth]);
        _heads = new double[_model.Layers.Max(of => Math.Max(of.QueryHeads * Math.Max(of.Kv.KeyWidth, of.Kv.ValueWidth), of.Kv.Heads * Math.Max(of.Kv.KeyWidth, of.Kv.ValueWidth)))];
    }

    public IMemoryDomain Domain { get; }

    public void Project(int layer, in Step step, in TensorView input, in Heads heads)
    {
        (LayerDescription of, AttentionWeights weights) = (_model.Layers[layer], _layers[layer]!);
        Shape.Require(input, [step.Rows, _model.HiddenWidth], "input", "[T, C]");
        Shape.Require(heads.Query, [step.Rows, of.QueryHeads, of.Kv.KeyWidth], "query", "[T, H, D]");
        Shape.Require(heads.Key, [step.Rows, of.Kv.Heads, of.Kv.KeyWidth], "key", "[T, G, D]");
        Shape.Require(heads.Value, [step.Rows, of.Kv.Heads, of.Kv.ValueWidth], "value", "[T, G, Dv]");
        double scale = of.Has(Trait.ScoreScale) ? of.Number(Trait.ScoreScale, 1) : 1 / Math.Sqrt(of.Kv.KeyWidth);
        for (int row = 0; row < step.Rows; row++)
        {
            int position = step.Positions.Ints[row];
            Arithmetic.Widen(input.At(row).Floats, _row);
            Arithmetic.RmsNorm(_row, weights.Norm.Floats, _model.NormEpsilon, _row);
            Turned(of, position, scale, weights.Query, weights.QueryBias, weights.QueryNorm, heads.Query.At(row).Floats);
            Turned(of, position, 1, weights.Key, weights.KeyBias, weights.KeyNorm, heads.Key.At(row).Floats);
            Span<double> value = Multiplied(weights.Value, weights.ValueBias);
            Round(value, heads.Value.At(row).Floats);
        }
    }

    public void Fold(int layer, in Step step, in TensorView query, in PageView pages, in AttentionState state)
    {
        LayerDescription of = _model.Layers[layer];
        Shape.Require(query, [step.Rows, of.QueryHeads, of.Kv.KeyWidth], "query", "[T, H, D]");
        Shape.Require(state.Max, [step.Rows, of.QueryHeads], "max", "[T, H]");
        Shape.Require(state.Sum, [step.Rows, of.QueryHeads], "sum", "[T, H]");
        Shape.Require(state.Accumulator, [step.Rows, of.QueryHeads, of.Kv.ValueWidth], "accumulator", "[T, H, Dv]");
        for (int sequence = 0; sequence < step.Sequences.Length; sequence++)
            _folding.Fold(of, step, sequence, pages, query, state);
    }

    public void AddKeyMass(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state, in TensorView mass)
    {
        foreach (ref readonly PageView shard in shards)
            _folding.AddMass(_model.Layers[layer], step, shard, query, state, mass);
    }

    public IFold MakeFold(IFoldBuildContext build) => new ReferenceFold(build, build.Domain);

    public void Finish(int layer, in Step step, in AttentionState state, in TensorView output)
    {
        (LayerDescription of, AttentionWeights weights) = (_model.Layers[layer], _layers[layer]!);
        Shape.Require(state.Sum, [step.Rows, of.QueryHeads], "sum", "[T, H]");
        Shape.Require(state.Accumulator, [step.Rows, of.QueryHeads, of.Kv.ValueWidth], "accumulator", "[T, H, Dv]");
        Shape.Require(output, [step.Rows, _model.HiddenWidth], "output", "[T, C]");
        Span<double> mixed = _heads.AsSpan(0, of.QueryHeads * of.Kv.ValueWidth);
        for (int row = 0; row < step.Rows; row++)
        {
            for (int head = 0; head < of.QueryHeads; head++)
                Divide(state, weights, row, head, mixed.Slice(head * of.Kv.ValueWidth, of.Kv.ValueWidth));

            Arithmetic.Linear(weights.Output.Floats, mixed, Weights.OrNone(weights.OutputBias), _added);
            if (weights.PostNorm.IsPresent)
                Arithmetic.RmsNorm(_added, weights.PostNorm.Floats, _model.NormEpsilon, _added);
            Arithmetic.AddScaled(of.Number(Trait.AttentionResidualScale, 1), _added, output.At(row).Floats);
        }
    }

    public void Dispose()
    {
    }

    // A sink is one more score without a value: it makes the sum larger.
    private static void Divide(in AttentionState state, AttentionWeights weights, int row, int head, Span<double> mixed)
    {
        double sum = state.Sum.At(row).Floats[head], max = state.Max.At(row).Floats[head], scale = 1;
        ReadOnlySpan<float> accumulator = state.Accumulator.At(row).At(head).Floats;
        if (sum == 0)
        {
            mixed.Clear();
            return;
        }

        if (weights.Sinks.IsPresent)
        {
            double sink = weights.Sinks.Floats[head], top = Math.Max(max, sink);
            scale = Math.Exp(max - top);
            sum = sum * scale + Math.Exp(sink - top);
        }

        for (int i = 0; i < mixed.Length; i++)
            mixed[i] = accumulator[i] * scale / sum;
    }

    private Span<double> Multiplied(in TensorView matrix, in TensorView bias)
    {
        Span<double> y = _heads.AsSpan(0, matrix.Shape[0]);
        Arithmetic.Linear(matrix.Floats, _row, Weights.OrNone(bias), y);
        return y;
    }

    private void Turned(LayerDescription of, int position, double scale, in TensorView matrix, in TensorView bias, in TensorView norm, Span<float> result)
    {
        Span<double> heads = Multiplied(matrix, bias);
        if (norm.IsPresent)
        {
            ReadOnlySpan<float> weight = norm.Floats;
            for (int at = 0; at < heads.Length; at += weight.Length)
                Arithmetic.RmsNorm(heads.Slice(at, weight.Length), weight, _model.NormEpsilon, heads.Slice(at, weight.Length));
        }

        for (int at = 0; at < heads.Length && of.Rope is not null; at += of.Kv.KeyWidth)
            Turn(of.Rope, position, heads.Slice(at, of.Kv.KeyWidth));
        foreach (ref double value in heads)
            value *= scale;

        Round(heads, result);
    }

    private static void Turn(Rope rope, int position, Span<double> head)
    {
        for (int i = 0; i < rope.Width / 2; i++)
        {
            (int first, int second) = rope.Interleaved ? (2 * i, 2 * i + 1) : (i, i + rope.Width / 2);
            double angle = position * Math.Pow(rope.Base, -2.0 * i / rope.Width) / (rope.Factors.IsEmpty ? 1 : rope.Factors[i]);
            (double sin, double cos) = Math.SinCos(angle);
            (double a, double b) = (head[first], head[second]);
            (head[first], head[second]) = (rope.Magnitude * (a * cos - b * sin), rope.Magnitude * (a * sin + b * cos));
        }
    }

    private static void Round(ReadOnlySpan<double> x, Span<float> y)
    {
        for (int i = 0; i < y.Length; i++)
            y[i] = (float)x[i];
    }
}
