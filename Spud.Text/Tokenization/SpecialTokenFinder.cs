using System.Runtime.CompilerServices;

namespace Spud.Text.Tokenization;

/// <summary>A part of a text: bytes to be encoded, or a special token.</summary>
/// <param name="Start">Offset of its first byte.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Token">The token, or null for bytes to be encoded.</param>
internal readonly record struct Fragment(int Start, int Length, int? Token);

/// <summary>
/// Finds special tokens in a text: the longest first, each from left to right in the text left over by the previous ones
/// (llama.cpp's tokenizer_st_partition). For each position only the best token that still fits is stored, so that memory grows with the
/// text rather than the number of special tokens.
/// </summary>
internal sealed class SpecialTokenFinder
{
    private readonly Vocabulary _vocabulary;
    private readonly SpecialTokenIndex _index;

    public SpecialTokenFinder(Vocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        _index = new(vocabulary, FindSpecials(vocabulary));
    }

    /// <summary>Splits <paramref name="text"/>. A control token that overlaps one of the <paramref name="foreign"/> ranges, ascending and with gaps between, is ordinary text.</summary>
    public List<Fragment> Partition(ReadOnlySpan<byte> text, ReadOnlySpan<Range> foreign)
    {
        PairQueue candidates = FindAll(text, foreign);
        if (!candidates.TryDequeue(out PairQueue.Pair best))
        {
            return text.IsEmpty ? [] : [new Fragment(0, text.Length, null)];
        }

        var taken = new bool[text.Length];
        var kept = new List<Fragment>();
        do
        {
            Fragment token = new(best.Left, best.Bytes, best.Right);
            Span<bool> place = taken.AsSpan(token.Start, token.Length);
            int free = place.IndexOf(true);
            if (free < 0)
            {
                place.Fill(true);
                TakeWhiteSpaceAround(text, token, taken);
                kept.Add(token);
            }
            else
            {
                Propose(text.Slice(token.Start, free), token.Start, NextForeign(foreign, token.Start), candidates);
            }
        }
        while (candidates.TryDequeue(out best));

        kept.Sort(static (a, b) => a.Start - b.Start);
        return FillGaps(kept, taken);
    }

    // The longest token at each position, in the order they are tried.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // looks at every byte
    private PairQueue FindAll(ReadOnlySpan<byte> text, ReadOnlySpan<Range> foreign)
    {
        var candidates = new PairQueue();
        for (int at = 0; at < text.Length; at++)
        {
            while (!foreign.IsEmpty && foreign[0].End.Value <= at)
            {
                foreign = foreign[1..];
            }

            if (_index.Begins(text[at]))
            {
                Propose(text[at..], at, foreign.IsEmpty ? text.Length : foreign[0].Start.Value, candidates);
            }
        }

        return candidates;
    }

    // A control token ends before the next foreign byte.
    private void Propose(ReadOnlySpan<byte> text, int at, int nextForeign, PairQueue candidates)
    {
        if (_index.TryFindLongest(text, ownBytes: nextForeign - at, out int id, out int order))
        {
            candidates.Enqueue(new PairQueue.Pair((uint)order, at, id, _vocabulary.Texts[id].Length));
        }
    }

    private static int NextForeign(ReadOnlySpan<Range> foreign, int at)
    {
        int low = 0;
        for (int high = foreign.Length; low < high;)
        {
            int middle = (low + high) / 2;
            if (foreign[middle].End.Value > at)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low < foreign.Length ? foreign[low].Start.Value : int.MaxValue;
    }

    private void TakeWhiteSpaceAround(ReadOnlySpan<byte> text, Fragment token, bool[] taken)
    {
        if (_vocabulary.Has(token.Token!.Value, TokenAttributes.StripLeft))
        {
            for (int i = token.Start - 1; i >= 0 && !taken[i] && IsSpace(text[i]); i--)
            {
                taken[i] = true;
            }
        }

        if (_vocabulary.Has(token.Token.Value, TokenAttributes.StripRight))
        {
            for (int i = token.Start + token.Length; i < text.Length && !taken[i] && IsSpace(text[i]); i++)
            {
                taken[i] = true;
            }
        }
    }

    private static List<Fragment> FillGaps(List<Fragment> tokens, bool[] taken)
    {
        var fragments = new List<Fragment>(2 * tokens.Count + 1);
        int at = 0;
        foreach (Fragment token in tokens)
        {
            AddGap(at, token.Start);
            fragments.Add(token);
            at = token.Start + token.Length;
        }

        AddGap(at, taken.Length);
        return fragments;

        void AddGap(int start, int end)
        {
            // Only the ends of a gap can have been taken, as white space.
            int first = taken.AsSpan(start, end - start).IndexOf(false);
            if (first >= 0)
            {
                fragments.Add(new Fragment(start + first, taken.AsSpan(start, end - start).LastIndexOf(false) + 1 - first, null));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a hundred thousand tokens, once a process
    private static int[] FindSpecials(Vocabulary vocabulary)
    {
        var ids = new List<int>();
        for (int id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary.Has(id, TokenAttributes.Special))
            {
                ids.Add(id);
            }
        }

        return ids.ToArray();
    }

    private static bool IsSpace(byte b) => b is (byte)' ' or >= 9 and <= 13;
}
