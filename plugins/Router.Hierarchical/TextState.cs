using Spud;
using Spud.Numerics;

namespace Router.Hierarchical;

/// <summary>
/// What is known of a text in a layer, as the host keeps it: tokens read, the pool, and the decayed sums of all experts' probabilities.
/// All zeros is a text of which nothing is known.
/// </summary>
/// <param name="state">I8 [Bytes].</param>
/// <param name="experts">E.</param>
internal readonly ref struct TextState(TensorView state, int experts)
{
    private readonly Span<ulong> _words = state.AsSpan<ulong>();

    /// <summary>Of the state of a layer of E experts.</summary>
    public static int Bytes(int experts) => (1 + ExpertPool.Words(experts) + experts) * sizeof(ulong);

    /// <summary>Committed rows, up to the last border.</summary>
    public ref ulong Tokens => ref _words[0];

    /// <summary>A bit for each expert; see <see cref="ExpertPool"/>.</summary>
    public Span<ulong> Pool => _words.Slice(1, ExpertPool.Words(experts));

    /// <summary>[E].</summary>
    public Span<double> Sums => state.AsSpan<double>()[(1 + ExpertPool.Words(experts))..];
}
