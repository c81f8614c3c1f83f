using Spud;

namespace Wrapper;

/// <summary>Adds the pack's bias to the logits, and a constant to those of tokens that stood in the text before its last border.</summary>
internal sealed class BiasedHead : IHead, IKeepsSequenceState
{
    private const int BorderTokens = 16;
    private readonly IHead _inner;
    private readonly TensorView _bias;
    private readonly float _repeats;
    private readonly int _vocabulary;

    public BiasedHead(WrapperOptions options, IBuildContext build)
    {
        (_repeats, _vocabulary) = (options.Repeats, build.Model.Vocabulary);
        _inner = build.Component<IHead>(options.Inner);
        _bias = build.Pack is { } pack ? pack.Take("output.bias", _vocabulary) : default;
    }

    public IMemoryDomain Domain => _inner.Domain;

    // A byte for each token.
    public SequenceStateLayout? StateOf(int layer) => _repeats == 0 ? null : new() { Bytes = (_vocabulary + 7) / 8 * 8, RowBytes = sizeof(long), BorderTokens = BorderTokens };

    public void Embed(in Step step, in TensorView hidden)
    {
        _inner.Embed(step, hidden);
        for (int row = 0; _repeats != 0 && row < step.Rows; row++)
            step.NoteOf<long>(row)[0] = step.TokenIds.AsSpan<int>()[row];
    }

    public void Advance(int layer, in TensorView notes, in TensorView state)
    {
        for (int row = 0; row < notes.Shape[0]; row++)
            state.AsSpan<byte>()[(int)notes.At(row).AsSpan<long>()[0]] = 1;
    }

    public void Logits(in Step step, in TensorView hidden, ReadOnlySpan<int> rows, in TensorView logits)
    {
        _inner.Logits(step, hidden, rows, logits);
        for (int row = 0; row < rows.Length; row++)
        {
            Span<float> to = logits.At(row).AsSpan<float>();
            ReadOnlySpan<byte> stood = _repeats == 0 ? default : step.StateOf<byte>(step.SequenceOfRow.AsSpan<int>()[rows[row]]);
            for (int token = 0; token < to.Length; token++)
                to[token] += (_bias.IsPresent ? _bias.AsSpan<float>()[token] : 0) + (_repeats == 0 ? 0 : _repeats * stood[token]);
        }
    }

    public void Dispose()
    {
        // The host disposes what is inside.
    }
}
