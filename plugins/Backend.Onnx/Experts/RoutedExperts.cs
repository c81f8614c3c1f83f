using Backend.Onnx.Kernels;
using Backend.Onnx.Shared;
using Backend.Onnx.Weights;
using Spud;

namespace Backend.Onnx.Experts;

/// <summary>
/// Routed experts: one graph for the rows of each expert, summed with the plan's weights, plus the shared expert.
/// ONNX Runtime's own MoE operators choose the experts themselves and support only some of the formulas.
/// </summary>
internal sealed class RoutedExperts : ILayerExperts
{
    private readonly RoutedScratch _scratch;
    private readonly ExpertGraph _expert;
    private readonly SharedGraph? _shared;
    private readonly AddGraph? _postNorm;
    private readonly int _experts;
    private readonly float _factor;

    public RoutedExperts(IBuildContext build, Sessions sessions, WeightReader weights, RoutedScratch scratch, int layer)
    {
        LayerDescription model = build.Model.Layers[layer];
        (int c, string prefix) = (build.Model.HiddenWidth, $"blk.{layer}.");
        (_scratch, _experts, _factor) = (scratch, model.Experts, model.Number(Trait.ExpertResidualScale, 1));
        TensorView norm = weights.Floats(prefix + "ffn_norm.weight", c);
        _expert = new ExpertGraph(build, sessions, model, new RoutedWeights(weights, model, prefix, c), norm);
        if (model.Has(Trait.SharedExpert))
            _shared = new SharedGraph(build, sessions, weights, model, prefix, norm);
        if (model.Has(Trait.ExpertPostNorm))
            _postNorm = new AddGraph(build, sessions, weights.Floats(prefix + "post_ffw_norm.weight", c), _factor);
    }

    public void Execute(in TensorView input, in RoutingPlan plan, in TensorView output)
    {
        TensorView delta = _scratch.Delta(input.Shape[0]);
        if (_shared is not null)
            _shared.Run(input, delta);
        else
            delta.AsSpan<float>().Clear();

        _scratch.Groups.Sort(plan, _experts);
        for (int expert = 0; expert < _experts; expert++)
            if (_scratch.Groups.RowsOf(expert) is { IsEmpty: false } rows)
                Add(expert, input, rows, _scratch.Groups.WeightsOf(expert), delta);

        // From here on input is no longer read, since it may be the output.
        if (_postNorm is not null)
            _postNorm.Run(delta, output);
        else
            Vectors.AddScaled(_factor, delta.AsSpan<float>(), output.AsSpan<float>());
    }

    private void Add(int expert, in TensorView input, ReadOnlySpan<int> rows, ReadOnlySpan<float> weights, in TensorView delta)
    {
        TensorView made = _scratch.Made(rows.Length);
        _expert.Run(expert, Gathered(input, rows), made);
        for (int i = 0; i < rows.Length; i++)
            Vectors.AddScaled(weights[i], made.At(i).AsSpan<float>(), delta.At(rows[i]).AsSpan<float>());
    }

    // Contiguous rows are read in place.
    private TensorView Gathered(in TensorView input, ReadOnlySpan<int> rows)
    {
        if (rows[^1] - rows[0] + 1 == rows.Length)
            return input.Rows(rows[0], rows.Length);

        TensorView gathered = _scratch.Gathered(rows.Length);
        for (int i = 0; i < rows.Length; i++)
            input.At(rows[i]).AsSpan<float>().CopyTo(gathered.At(i).AsSpan<float>());
        return gathered;
    }
}
