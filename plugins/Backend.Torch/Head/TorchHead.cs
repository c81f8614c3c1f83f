using System.Runtime.InteropServices;
using Backend.Torch.Device;
using Backend.Torch.Native;
using Backend.Torch.Shared;
using Spud;
using static TorchSharp.torch;

namespace Backend.Torch.Head;

/// <summary>Embedding rows, and the final norm with the output matrix.</summary>
internal sealed class TorchHead : IHead
{
    private readonly int _hidden, _vocabulary, _threads;
    private readonly TorchDevice _device;
    private readonly Tensor _embedding;
    private readonly RmsNorm _norm;
    private readonly Linear _output;
    private readonly Factor _embeddingScale, _logitScale;
    private readonly CachedTensor _ids, _rows, _logits;
    private readonly PinnedList<int> _wanted = new(ScalarType.Int32);

    public TorchHead(TorchOptions options, IBuildContext build)
    {
        ModelDescription model = build.Model;
        (_hidden, _vocabulary, _threads) = (model.HiddenWidth, model.Vocabulary, build.Pool.Threads);
        using WeightLoader weights = new(build, options.Device, options.Dtype.Element);
        (Domain, _device) = (weights.Domain, weights.Device);
        TensorView embedding = weights.Joined(_hidden, ("token_embd.weight", _vocabulary));
        TensorView output = model.Has(Trait.TiedHead) ? embedding : weights.Joined(_hidden, ("output.weight", _vocabulary));
        _embedding = _device.Tensor(embedding);
        _norm = new RmsNorm(_device.Tensor(weights.Floats("output_norm.weight", _hidden)), model.NormEpsilon);
        _output = new Linear(_device.Tensor(output), bias: null, build.Pool);
        (_embeddingScale, _logitScale) = (new Factor(model.Number(Trait.EmbeddingScale, 1)), new Factor(model.Number(Trait.LogitScale, 1)));
        (_ids, _rows, _logits) = (new CachedTensor(_device), new CachedTensor(_device), new CachedTensor(_device));
        // Normalised rows, and their logits before they are copied out.
        build.EstimateNative(Domain, (long)build.Limits.LogitRows * (3 * _hidden + 2 * _vocabulary) * sizeof(float));
    }

    public IMemoryDomain Domain { get; }

    public void Embed(in Step step, in TensorView hidden)
    {
        Shape.Require(hidden, [step.Rows, _hidden], "hidden", "[T, C]");
        try
        {
            using NativeCall call = new(NativeThreads.For((long)step.Rows * _hidden, _threads));
            Tensor output = _rows.Of(hidden);
            using Tensor rows = _embedding.index_select(0, _ids.Of(step.TokenIds));
            output.copy_(rows);
            if (_embeddingScale.Value != 1)
                output.mul_(_embeddingScale.Scalar);
        }
        catch (ExternalException fault)
        {
            throw TorchFault.Of(fault);
        }
    }

    public void Logits(in Step step, in TensorView hidden, ReadOnlySpan<int> rows, in TensorView logits)
    {
        Shape.Require(hidden, [step.Rows, _hidden], "hidden", "[T, C]");
        Shape.Require(logits, [rows.Length, _vocabulary], "logits", "[R, V]");
        if (rows.IsEmpty)
            return;

        try
        {
            using NativeCall call = new(NativeThreads.For((long)rows.Length * _hidden, _threads));
            using Tensor chosen = Chosen(_rows.Of(hidden), rows), normed = _norm.Of(chosen), product = _output.Apply(normed);
            Tensor output = _logits.Of(logits);
            output.copy_(product);
            if (_logitScale.Value != 1)
                output.mul_(_logitScale.Scalar);
        }
        catch (ExternalException fault)
        {
            throw TorchFault.Of(fault);
        }
    }

    public void Dispose()
    {
        _embedding.Dispose();
        _norm.Dispose();
        _output.Dispose();
        _embeddingScale.Dispose();
        _logitScale.Dispose();
        _ids.Dispose();
        _rows.Dispose();
        _logits.Dispose();
    }

    private Tensor Chosen(Tensor hidden, ReadOnlySpan<int> rows)
    {
        if (rows[^1] - rows[0] + 1 == rows.Length)
            return hidden.narrow(0, rows[0], rows.Length);

        rows.CopyTo(_wanted.Take(rows.Length));
        using Tensor here = _wanted.Tensor(rows.Length), there = here.to(_device.Torch);
        return hidden.index_select(0, there);
    }
}
