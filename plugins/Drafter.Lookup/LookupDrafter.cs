using Spud;

namespace Drafter.Lookup;

/// <summary>
/// Finds the longest end of the text that occurred before, the latest such place if there are several, and proposes what followed there. The draft is
/// never longer than what was found; where it reaches the text's end, it repeats itself.
/// </summary>
internal sealed class LookupDrafter(LookupOptions options, int sequences) : IDrafter
{
    private readonly SuffixIndex?[] _indices = new SuffixIndex?[sequences];

    /// <inheritdoc/>
    public int MaxTokens => options.Length;

    /// <inheritdoc/>
    public void Propose(in DraftText text, Draft draft)
    {
        SuffixIndex index = _indices[text.Sequence] ??= new(options.MinMatch);
        index.Truncate(text.Unchanged);
        index.Append(text.Ids[index.Count..]);
        (int length, int end) = index.LongestEarlier();
        for (int i = 0; i < Math.Min(length, draft.MaxTokens); i++)
            draft.Add(end + i < text.Ids.Length ? text.Ids[end + i] : draft.Tokens[end + i - text.Ids.Length]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
