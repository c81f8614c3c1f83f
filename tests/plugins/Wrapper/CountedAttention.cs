using Spud;

namespace Wrapper;

/// <summary>Reports the keys that its rows could read.</summary>
internal sealed class CountedAttention(WrapperOptions options, IBuildContext build) : IAttention
{
    private readonly IAttention _inner = build.Component<IAttention>(options.Inner);
    private readonly Figure _keys = build.Figure("keys in runs");

    public IMemoryDomain Domain => _inner.Domain;

    public void Project(int layer, in Step step, in TensorView input, in Heads heads) => _inner.Project(layer, step, input, heads);

    public void Fold(int layer, in Step step, in TensorView query, in PageView pages, in AttentionState state)
    {
        for (int sequence = 0; sequence < step.Sequences.Length; sequence++)
        {
            foreach (KeyRun run in pages.Of(sequence))
                _keys.Add(step.Sequences[sequence], run.Keys);
        }

        _inner.Fold(layer, step, query, pages, state);
    }

    public void Finish(int layer, in Step step, in AttentionState state, in TensorView output) => _inner.Finish(layer, step, state, output);

    public void Dispose()
    {
    }
}
