using Backend.Torch.Native;
using Backend.Torch.Shared;
using Spud;

namespace Backend.Torch.Head;

/// <summary>Embedding rows, and the final norm with the output matrix.</summary>
internal sealed class TorchHead : IHead
{
    private readonly int _hidden, _vocabulary;
    private readonly HeadHandle _head;

    public TorchHead(TorchOptions options, IBuildContext build)
    {
        ModelDescription model = build.Model;
        (_hidden, _vocabulary) = (model.HiddenWidth, model.Vocabulary);
        using WeightLoader weights = new(build, options.Device, options.Dtype.Element);
        Domain = weights.Domain;
        TensorView embedding = weights.Joined(_hidden, ("token_embd.weight", _vocabulary));
        _head = new HeadHandle(new NativeHeadConfig
        {
            Place = weights.Device.Place(),
            Embedding = new(embedding),
            Norm = new(weights.Floats("output_norm.weight", _hidden)),
            Output = new(model.Has(Trait.TiedHead) ? embedding : weights.Joined(_hidden, ("output.weight", _vocabulary))),
            Epsilon = model.NormEpsilon,
            EmbeddingScale = model.Number(Trait.EmbeddingScale, 1),
            LogitScale = model.Number(Trait.LogitScale, 1),
        });
        // Normed rows, and their logits before they are copied out.
        build.EstimateNative(Domain, (long)build.Limits.LogitRows * (3 * _hidden + 2 * _vocabulary) * sizeof(float));
    }

    public IMemoryDomain Domain { get; }

    public void Embed(in Step step, in TensorView hidden)
    {
        Shape.Require(hidden, [step.Rows, _hidden], "hidden", "[T, C]");
        _head.Embed(step.TokenIds, hidden);
    }

    public void Logits(in Step step, in TensorView hidden, ReadOnlySpan<int> rows, in TensorView logits)
    {
        Shape.Require(hidden, [step.Rows, _hidden], "hidden", "[T, C]");
        Shape.Require(logits, [rows.Length, _vocabulary], "logits", "[R, V]");
        if (!rows.IsEmpty)
            _head.Logits(hidden, rows, logits);
    }

    public void Dispose() => _head.Dispose();
}
