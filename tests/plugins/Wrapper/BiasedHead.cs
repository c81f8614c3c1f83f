using Spud;

namespace Wrapper;

/// <summary>Adds the pack's bias to the logits.</summary>
internal sealed class BiasedHead : IHead
{
    private readonly IHead _inner;
    private readonly TensorView _bias;

    public BiasedHead(WrapperOptions options, IBuildContext build)
    {
        _inner = build.Component<IHead>(options.Inner);
        _bias = build.Pack is { } pack ? pack.Take("output.bias", build.Model.Vocabulary) : default;
    }

    public IMemoryDomain Domain => _inner.Domain;

    public void Embed(in Step step, in TensorView hidden) => _inner.Embed(step, hidden);

    public void Logits(in Step step, in TensorView hidden, ReadOnlySpan<int> rows, in TensorView logits)
    {
        _inner.Logits(step, hidden, rows, logits);
        for (int row = 0; _bias.IsPresent && row < rows.Length; row++)
        {
            Span<float> to = logits.At(row).AsSpan<float>();
            for (int token = 0; token < to.Length; token++)
                to[token] += _bias.AsSpan<float>()[token];
        }
    }

    public void Dispose()
    {
        // The host disposes what is inside.
    }
}
