using Spud;

namespace Reference;

/// <summary>The reference attention's fold, with scratch of its own.</summary>
internal sealed class ReferenceFold(IBuildContext build, IMemoryDomain domain) : IFold, IGivesKeyMass
{
    private readonly ModelDescription _model = build.Model;
    private readonly Folding _folding = new(build, domain);

    public void Fold(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state)
    {
        foreach (ref readonly PageView shard in shards)
        {
            for (int sequence = 0; sequence < step.Sequences.Length; sequence++)
                _folding.Fold(_model.Layers[layer], step, sequence, shard, query, state);
        }
    }

    public void AddKeyMass(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state, in TensorView mass)
    {
        foreach (ref readonly PageView shard in shards)
            _folding.AddMass(_model.Layers[layer], step, shard, query, state, mass);
    }

    public void Dispose()
    {
    }
}
