namespace Spud.Execution;

/// <summary>An attention's own fold.</summary>
internal sealed class AttentionFold(IAttention attention) : IFold, IGivesKeyMass
{
    public void Fold(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state)
    {
        foreach (ref readonly PageView shard in shards)
            attention.Fold(layer, step, query, shard, state);
    }

    public bool TellsKeyMass => attention is IGivesKeyMass { TellsKeyMass: true };

    public void AddKeyMass(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state, in TensorView mass) =>
        ((IGivesKeyMass)attention).AddKeyMass(layer, step, query, shards, state, mass);

    /// <summary>Does nothing: the attention is a component.</summary>
    public void Dispose()
    {
    }
}
