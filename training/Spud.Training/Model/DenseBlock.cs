using Spud.Training.Kernels;
using static TorchSharp.torch;

namespace Spud.Training.Model;

/// <summary>One SwiGLU for every row.</summary>
internal sealed class DenseBlock<TE> : IBlock
    where TE : unmanaged, IElement<TE>
{
    private readonly ModelShape _shape;
    private readonly Weight<TE> _norm, _gateUp, _down;
    private readonly Tensor _x, _inverse, _inner;
    private Tensor? _pair;

    public DenseBlock(ParameterSet parameters, ModelShape shape, int sequences, int layer)
    {
        _shape = shape;
        string prefix = $"blk.{layer}.";
        (_norm, _gateUp, _down) = (new(parameters, prefix + "ffn_norm"), new(parameters, prefix + "ffn_gate_up"), new(parameters, prefix + "ffn_down"));
        long rows = (long)sequences * shape.Tokens;
        (_x, _inverse, _inner) = (empty(rows, shape.HiddenWidth, TE.Type), empty(rows), empty(rows, shape.ExpertWidth, TE.Type));
    }

    public static IEnumerable<Parameter> Parameters(ModelShape shape, int layer)
    {
        string prefix = $"blk.{layer}.";
        yield return new(prefix + "ffn_norm", 0, false, shape.HiddenWidth);
        yield return new(prefix + "ffn_gate_up", Math.Pow(shape.HiddenWidth, -0.5), true, 2 * shape.ExpertWidth, shape.HiddenWidth);
        yield return new(prefix + "ffn_down", 0.3 * Math.Pow(shape.ExpertWidth, -0.5), true, shape.HiddenWidth, shape.ExpertWidth);
    }

    public void Forward(Tensor input, Tensor output)
    {
        RmsNorm.Forward<TE>(input, _norm.Exact, _x, _inverse, _shape.NormEpsilon);
        _pair?.Dispose();
        _pair = Products.Forward(_x, _gateUp.Value);
        SwiGlu.Forward<TE>(_pair, _inner);
        using Tensor added = Products.Forward(_inner, _down.Value);
        Elementwise.Add<TE>(input, added, output);
    }

    public void Backward(Tensor input, Tensor gradient)
    {
        using Tensor dAdded = empty(gradient.shape, TE.Type);
        Elementwise.Convert<TE>(gradient, dAdded);
        using (Tensor dDown = Products.ToWeight(dAdded, _inner))
            _down.AddGradient(dDown);
        using (Tensor dInner = Products.ToInput(dAdded, _down.Value))
            SwiGlu.Backward<TE>(_pair!, dInner);
        using (Tensor dGateUp = Products.ToWeight(_pair!, _x))
            _gateUp.AddGradient(dGateUp);
        using Tensor dx = Products.ToInput(_pair!, _gateUp.Value);
        RmsNorm.Backward<TE>(dx, input, _norm.Exact, _inverse, gradient, _norm.Gradient);
    }

    public void Dispose()
    {
        foreach (IDisposable? owned in (IDisposable?[])[_norm, _gateUp, _down, _x, _inverse, _inner, _pair])
            owned?.Dispose();
    }
}
