using Spud;
using Spud.Numerics;

namespace Router.Hierarchical;

/// <summary>
/// The state of a text in a layer, as kept by the host: tokens read, the pool, and the decayed sums of all experts' probabilities.
/// All zeros is the initial state.
/// </summary>
/// <param name="state">I8 [Bytes].</param>
/// <param name="experts">E.</param>
internal readonly ref struct TextState(TensorView state, int experts)
{
    private readonly Span<ulong> _words = state.AsSpan<ulong>();

    /// <summary>Size in bytes of the state of a layer with E experts.</summary>
    public static int Bytes(int experts) => (1 + ExpertPool.Words(experts) + experts) * sizeof(ulong);

    /// <summary>Committed rows, up to the last boundary.</summary>
    public ref ulong Tokens => ref _words[0];

    /// <summary>A bit for each expert; see <see cref="ExpertPool"/>.</summary>
    public Span<ulong> Pool => _words.Slice(1, ExpertPool.Words(experts));

    /// <summary>[E].</summary>
    public Span<double> Sums => state.AsSpan<double>()[(1 + ExpertPool.Words(experts))..];
}
