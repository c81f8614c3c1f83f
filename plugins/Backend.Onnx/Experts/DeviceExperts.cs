using Backend.Onnx.Shared;
using Backend.Onnx.Weights;
using Spud;

namespace Backend.Onnx.Experts;

/// <summary>
/// Routed experts on a device: the plan is read back once per layer, because the host decides which experts run; rows stay on the device.
/// </summary>
internal sealed class DeviceExperts : ILayerExperts
{
    private readonly DeviceScratch _scratch;
    private readonly ExpertRowsGraph _expert;
    private readonly SharedGraph? _shared;
    private readonly AddGraph _add;
    private readonly int _experts;

    public DeviceExperts(IBuildContext build, Sessions sessions, WeightReader weights, DeviceScratch scratch, int layer)
    {
        LayerDescription model = build.Model.Layers[layer];
        (int c, string prefix) = (build.Model.HiddenWidth, $"blk.{layer}.");
        (_scratch, _experts) = (scratch, model.Experts);
        TensorView norm = weights.Floats(prefix + "ffn_norm.weight", c);
        _expert = new ExpertRowsGraph(build, sessions, model, new RoutedWeights(weights, model, prefix, c), norm);
        if (model.Has(Trait.SharedExpert))
            _shared = new SharedGraph(build, sessions, weights, model, prefix, norm);
        TensorView postNorm = weights.FloatsIf(model.Has(Trait.ExpertPostNorm), prefix + "post_ffw_norm.weight", c);
        _add = new AddGraph(build, sessions, postNorm, model.Number(Trait.ExpertResidualScale, 1));
    }

    public void Execute(in TensorView input, in RoutingPlan plan, in TensorView output)
    {
        TensorView delta = _scratch.Delta(input.Shape[0]);
        if (_shared is not null)
            _shared.Run(input, delta);
        else
            delta.Domain.Copy(_scratch.Zeros(input.Shape[0]), delta);

        _scratch.Read(plan, _experts);
        for (int expert = 0; expert < _experts; expert++)
            if (_scratch.EntriesOf(expert) is { Count: > 0 } entries)
                _expert.Run(expert, input, _scratch.Rows.Rows(entries.First, entries.Count), _scratch.Multipliers.Rows(entries.First, entries.Count), delta);

        // From here on input is no longer read, since it may be the output.
        _add.Run(delta, output);
    }
}
