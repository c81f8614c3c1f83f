using Spud.Training.Kernels;
using Spud.Training.Model.Selection;
using static TorchSharp.torch;

namespace Spud.Training.Model;

/// <summary>
/// A router and experts, dropless: (row, expert) pairs are ordered by expert, and each expert multiplies its rows at once. The router
/// computes in f32 whatever the experts do.
/// </summary>
internal sealed class MixtureBlock<TE> : IBlock
    where TE : unmanaged, IElement<TE>
{
    private readonly ModelShape _shape;
    private readonly AuxiliaryLosses _factors;
    private readonly IExpertSelection _selection;
    private readonly Weight<F32>? _sharpness;
    private readonly Weight<TE> _norm, _router;
    private readonly Weight<TE>[] _gateUp, _down;
    private readonly Tensor _x, _inverse, _grouped, _pair, _inner, _outputs;
    private Tensor? _probabilities, _logits;

    public MixtureBlock(ParameterSet parameters, ModelShape shape, int sequences, int layer, MixtureTraining training, IExpertSelection? selection)
    {
        (_shape, _factors) = (shape, training.Factors);
        _selection = selection ?? training.Recipe.Create(parameters, shape, layer, training.Seed);
        _sharpness = training.Recipe.Kind == RoutingKind.Mass ? new(parameters, RoutingRecipe.Sharpness(layer)) : null;
        string prefix = $"blk.{layer}.";
        (_norm, _router) = (new(parameters, prefix + "ffn_norm"), new(parameters, prefix + "ffn_router"));
        using Weight<TE> gateUp = new(parameters, prefix + "ffn_gate_up"), down = new(parameters, prefix + "ffn_down");
        _gateUp = [.. Enumerable.Range(0, shape.Experts).Select(gateUp.Part)];
        _down = [.. Enumerable.Range(0, shape.Experts).Select(down.Part)];
        int rows = sequences * shape.Tokens;
        Plan = new(rows, shape.Experts, training.Recipe.MaxUsed(shape));
        long pairs = (long)rows * Plan.MaxUsed;
        (_x, _inverse) = (empty(rows, shape.HiddenWidth), empty(rows));
        (_grouped, _outputs) = (empty(pairs, shape.HiddenWidth, TE.Type), empty(pairs, shape.HiddenWidth, TE.Type));
        (_pair, _inner) = (empty(pairs, 2 * shape.ExpertWidth, TE.Type), empty(pairs, shape.ExpertWidth, TE.Type));
    }

    /// <summary>Of the last forward pass.</summary>
    public ExpertAssignment Plan { get; }

    /// <summary>The step that passes belong to, counted from 0; null for inference.</summary>
    public int? TrainingStep { get; set; }

    public static IEnumerable<Parameter> Parameters(ModelShape shape, int layer)
    {
        string prefix = $"blk.{layer}.";
        double deviation = Math.Pow(shape.HiddenWidth, -0.5);
        yield return new(prefix + "ffn_norm", 0, false, shape.HiddenWidth);
        yield return new(prefix + "ffn_router", deviation, false, shape.Experts, shape.HiddenWidth);
        yield return new(prefix + "ffn_gate_up", deviation, true, shape.Experts, 2 * shape.ExpertWidth, shape.HiddenWidth);
        yield return new(prefix + "ffn_down", 0.3 * Math.Pow(shape.ExpertWidth, -0.5), true, shape.Experts, shape.HiddenWidth, shape.ExpertWidth);
    }

    public void Forward(Tensor input, Tensor output)
    {
        RmsNorm.Forward<F32>(input, _norm.Exact, _x, _inverse, _shape.NormEpsilon);
        _probabilities?.Dispose();
        _probabilities = Products.Forward(_x, _router.Exact);
        if (_sharpness is not null)
        {
            _logits?.Dispose();
            _logits = _probabilities.clone();
            Scale(_probabilities, TensorMemory.Span<float>(_sharpness.Exact)[0]);
        }

        Routing.Choose(_probabilities, Plan, _selection, TrainingStep);
        ExpertRows.Gather<TE>(_x, Plan, _grouped);
        ForEachExpert((expert, start, count) =>
        {
            using Tensor x = _grouped.narrow(0, start, count), inner = _inner.narrow(0, start, count);
            using Tensor pair = _pair.narrow(0, start, count), outputs = _outputs.narrow(0, start, count);
            using Tensor product = Products.Forward(x, _gateUp[expert].Value);
            pair.copy_(product);
            SwiGlu.Forward<TE>(pair, inner);
            using Tensor added = Products.Forward(inner, _down[expert].Value);
            outputs.copy_(added);
        });
        ExpertRows.Combine<TE>(input, _outputs, Plan, output);
    }

    public void Backward(Tensor input, Tensor gradient)
    {
        ExpertRows.Spread<TE>(gradient, _outputs, Plan);
        ForEachExpert((expert, start, count) =>
        {
            using Tensor x = _grouped.narrow(0, start, count), inner = _inner.narrow(0, start, count);
            using Tensor pair = _pair.narrow(0, start, count), dOutputs = _outputs.narrow(0, start, count);
            using Tensor dDown = Products.ToWeight(dOutputs, inner), dInner = Products.ToInput(dOutputs, _down[expert].Value);
            _down[expert].AddGradient(dDown);
            SwiGlu.Backward<TE>(pair, dInner);
            using Tensor dGateUp = Products.ToWeight(pair, x), dx = Products.ToInput(pair, _gateUp[expert].Value);
            _gateUp[expert].AddGradient(dGateUp);
            x.copy_(dx);
        });
        Routing.Backward(_probabilities!, Plan, _factors.Balance / _shape.Layers, _factors.Z / _shape.Layers);
        Sharpen();
        using (Tensor dRouter = Products.ToWeight(_probabilities!, _x))
            Elementwise.Add<F32>(_router.Gradient, dRouter, _router.Gradient);
        using Tensor dInput = Products.ToInput(_probabilities!, _router.Exact);
        ExpertRows.Collect<TE>(_grouped, Plan, dInput);
        RmsNorm.Backward<F32>(dInput, input, _norm.Exact, _inverse, gradient, _norm.Gradient);
    }

    public void Dispose()
    {
        foreach (IDisposable? owned in (IDisposable?[])[_norm, _router, .. _gateUp, .. _down, _x, _inverse, _grouped, _pair, _inner, _outputs, _probabilities, _logits, _sharpness])
            owned?.Dispose();
    }

    // The gradient of the logits' factor and, through it, that of the logits.
    private void Sharpen()
    {
        if (_sharpness is null)
            return;

        using Tensor products = _probabilities! * _logits!, sum = products.sum();
        TensorMemory.Span<float>(_sharpness.Gradient)[0] += sum.item<float>();
        Scale(_probabilities!, TensorMemory.Span<float>(_sharpness.Exact)[0]);
    }

    private static void Scale(Tensor values, float factor)
    {
        foreach (ref float value in TensorMemory.Span<float>(values))
            value *= factor;
    }

    private void ForEachExpert(Action<int, int, int> compute)
    {
        for (int expert = 0, start = 0; expert < _shape.Experts; start += Plan.Counts[expert++])
        {
            if (Plan.Counts[expert] > 0)
                compute(expert, start, Plan.Counts[expert]);
        }
    }
}
