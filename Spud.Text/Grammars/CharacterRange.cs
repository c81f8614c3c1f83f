using System.Collections.Immutable;

namespace Spud.Text.Grammars;

/// <summary>Code points from <paramref name="First"/> to <paramref name="Last"/>, both included. Sets of them are ascending, with gaps between, and contain no surrogates.</summary>
internal readonly record struct CharacterRange(int First, int Last)
{
    private const int FirstSurrogate = 0xD800, LastSurrogate = 0xDFFF;

    /// <summary>The last code point.</summary>
    public const int LastCodePoint = 0x10FFFF;

    /// <summary>All characters.</summary>
    public static ImmutableArray<CharacterRange> All { get; } = [new(0, FirstSurrogate - 1), new(LastSurrogate + 1, LastCodePoint)];

    /// <summary>Any ranges as a set.</summary>
    public static ImmutableArray<CharacterRange> Union(IEnumerable<CharacterRange> ranges)
    {
        ImmutableArray<CharacterRange>.Builder set = ImmutableArray.CreateBuilder<CharacterRange>();
        foreach (CharacterRange range in ranges.SelectMany(WithoutSurrogates).OrderBy(static range => range.First))
        {
            if (set.Count > 0 && range.First <= set[^1].Last + 1)
                set[^1] = new(set[^1].First, Math.Max(set[^1].Last, range.Last));
            else
                set.Add(range);
        }

        return set.ToImmutable();
    }

    /// <summary>All characters that are not in a set.</summary>
    public static ImmutableArray<CharacterRange> Complement(ImmutableArray<CharacterRange> set)
    {
        List<CharacterRange> gaps = [];
        int next = 0;
        foreach (CharacterRange range in set)
        {
            if (range.First > next)
                gaps.Add(new(next, range.First - 1));
            next = range.Last + 1;
        }

        if (next <= LastCodePoint)
            gaps.Add(new(next, LastCodePoint));
        return Union(gaps);
    }

    /// <summary>The characters of a set that are not in another one.</summary>
    public static ImmutableArray<CharacterRange> Except(ImmutableArray<CharacterRange> set, ImmutableArray<CharacterRange> removed) =>
        Complement(Union([.. Complement(set), .. removed]));

    private static IEnumerable<CharacterRange> WithoutSurrogates(CharacterRange range)
    {
        if (range.First < FirstSurrogate)
            yield return new(range.First, Math.Min(range.Last, FirstSurrogate - 1));
        if (range.Last > LastSurrogate)
            yield return new(Math.Max(range.First, LastSurrogate + 1), range.Last);
    }
}
