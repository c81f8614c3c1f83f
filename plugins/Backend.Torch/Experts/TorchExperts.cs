using System.Runtime.InteropServices;
using Backend.Torch.Device;
using Backend.Torch.Native;
using Backend.Torch.Shared;
using Spud;

namespace Backend.Torch.Experts;

/// <summary>Gated feed-forward experts: rows grouped by expert, one product for all rows of an expert.</summary>
internal sealed class TorchExperts : IExperts
{
    private readonly int _hidden, _threads;
    private readonly ExpertsLayer?[] _layers;
    private readonly CachedTensor _input, _output;

    public TorchExperts(TorchOptions options, IBuildContext build)
    {
        (_hidden, _threads) = (build.Model.HiddenWidth, build.Pool.Threads);
        _layers = new ExpertsLayer?[build.Model.Layers.Length];
        using WeightLoader weights = new(build, options.Device, options.Dtype.Element);
        Domain = weights.Domain;
        (_input, _output) = (new(weights.Device), new(weights.Device));
        int widest = 0;
        foreach (int layer in build.Layers)
        {
            LayerDescription model = build.Model.Layers[layer];
            _layers[layer] = new ExpertsLayer(Parts(build, weights, layer));
            widest = Math.Max(widest, Math.Max(model.ExpertWidth, (int)model.Number(Trait.SharedExpert, 0)));
        }

        // Normalised rows and their copy in the weights' type, gate and up of one expert at a time, and the output of down.
        build.EstimateNative(Domain, (long)build.Limits.Rows * (5 * _hidden + 5 * widest) * sizeof(float));
    }

    public IMemoryDomain Domain { get; }

    public void Execute(int layer, in Step step, in TensorView input, in RoutingPlan plan, in TensorView output)
    {
        Shape.Require(input, [step.Rows, _hidden], "input", "[T, C]");
        Shape.Require(output, [step.Rows, _hidden], "output", "[T, C]");
        Shape.Require(plan.Offsets, [step.Rows + 1], "offsets", "[T + 1]");
        try
        {
            using NativeCall call = new(NativeThreads.For((long)step.Rows * _hidden, _threads));
            _layers[layer]!.Execute(_input.Of(input), plan, _output.Of(output));
        }
        catch (ExternalException fault)
        {
            throw TorchFault.Of(fault);
        }
    }

    public void Dispose()
    {
        foreach (ExpertsLayer? layer in _layers)
            layer?.Dispose();

        _input.Dispose();
        _output.Dispose();
    }

    private static ExpertsParts Parts(IBuildContext build, WeightLoader weights, int layer)
    {
        LayerDescription model = build.Model.Layers[layer];
        (int e, int f, int c, string prefix) = (model.Experts, model.ExpertWidth, build.Model.HiddenWidth, $"blk.{layer}.ffn_");
        TorchDevice device = weights.Device;
        bool biased = model.Has(Trait.ExpertBias);
        TensorView gateUp = weights.JoinedExperts(e, c, (prefix + "gate_exps.weight", f), (prefix + "up_exps.weight", f));
        TensorView down = weights.JoinedExperts(e, f, (prefix + "down_exps.weight", c));
        TensorView gateUpBias = biased ? weights.JoinedExpertFloats(e, (prefix + "gate_exps.bias", f), (prefix + "up_exps.bias", f)) : default;
        TensorView downBias = biased ? weights.JoinedExpertFloats(e, (prefix + "down_exps.bias", c)) : default;
        Activation activation = model.Has(Trait.ClampedSwiGlu) ? new ClampedSwiGlu(model.Number(Trait.ClampedSwiGlu, 0)) : model.Has(Trait.Gelu) ? new Gelu() : new Silu();
        return new ExpertsParts
        {
            Device = device,
            Norm = Norm(build, device, weights.Floats(prefix + "norm.weight", c)),
            Routed = [.. Enumerable.Range(0, e).Select(i => new Expert(Product(weights, gateUp, gateUpBias, i), Product(weights, down, downBias, i)))],
            Gathered = device.IsHost || e == 1 ? null : new GatheredExperts(device, Matrices(device, gateUp, gateUpBias), Matrices(device, down, downBias), activation),
            Shared = model.Has(Trait.SharedExpert) ? Shared(weights, (int)model.Number(Trait.SharedExpert, 0), prefix, c) : null,
            SharedGate = model.Has(Trait.SharedExpert) && model.Has(Trait.SharedGate)
                ? new Linear(device.Tensor(Row(weights.Floats(prefix + "gate_inp_shexp.weight", c))), bias: null, weights.Pool)
                : null,
            PostNorm = model.Has(Trait.ExpertPostNorm) ? Norm(build, device, weights.Floats($"blk.{layer}.post_ffw_norm.weight", c)) : null,
            Activation = activation,
            ResidualScale = model.Number(Trait.ExpertResidualScale, 1),
        };
    }

    private static RmsNorm Norm(IBuildContext build, TorchDevice device, in TensorView weight) => new(device.Tensor(weight), build.Model.NormEpsilon);

    private static TensorView Row(in TensorView vector) => new(vector.Domain, vector.Address, vector.Type, 1, vector.Shape[0]);

    private static Linear Product(WeightLoader weights, in TensorView matrices, in TensorView biases, int expert) =>
        new(weights.Device.Tensor(matrices.At(expert)), biases.IsPresent ? weights.Device.Tensor(biases.At(expert)) : null, weights.Pool);

    private static Matrices Matrices(TorchDevice device, in TensorView weights, in TensorView biases) => new(device.Tensor(weights), device.TensorIf(biases));

    private static Expert Shared(WeightLoader weights, int width, string prefix, int hidden)
    {
        TensorView gateUp = weights.Joined(hidden, (prefix + "gate_shexp.weight", width), (prefix + "up_shexp.weight", width));
        TensorView down = weights.Joined(width, (prefix + "down_shexp.weight", hidden));
        return new Expert(new Linear(weights.Device.Tensor(gateUp), bias: null, weights.Pool), new Linear(weights.Device.Tensor(down), bias: null, weights.Pool));
    }
}
