namespace Spud.Text.Grammars;

/// <summary>Sets of tokens as bits: token <c>id</c> is bit <c>id % 64</c> of word <c>id / 64</c>.</summary>
public static class TokenMask
{
    /// <summary>Number of words for a vocabulary.</summary>
    public static int Words(int vocabularySize) => (vocabularySize + 63) / 64;

    /// <summary>Adds a token.</summary>
    public static void Set(Span<ulong> mask, int id) => mask[id >> 6] |= 1UL << (id & 63);

    /// <summary>Adds or removes a token.</summary>
    public static void Set(Span<ulong> mask, int id, bool isAllowed)
    {
        ulong bit = 1UL << (id & 63);
        mask[id >> 6] = isAllowed ? mask[id >> 6] | bit : mask[id >> 6] & ~bit;
    }

    /// <summary>Whether a token is in the set.</summary>
    public static bool Has(ReadOnlySpan<ulong> mask, int id) => (mask[id >> 6] >> (id & 63) & 1) != 0;
}
