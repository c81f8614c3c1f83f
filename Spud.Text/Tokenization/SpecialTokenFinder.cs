using System.Runtime.CompilerServices;

namespace Spud.Text.Tokenization;

/// <summary>A part of a text: bytes to be encoded, or a special token that stands there.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Token">The token, or null for bytes to be encoded.</param>
internal readonly record struct Fragment(int Start, int Length, int? Token);

/// <summary>
/// Finds special tokens in a text: the longest first, each from left to right in what the ones before have left over
/// (llama.cpp's tokenizer_st_partition), in time that does not grow with the number of special tokens.
/// </summary>
internal sealed class SpecialTokenFinder
{
    private readonly Vocabulary _vocabulary;
    private readonly bool[] _begins = new bool[256];
    private readonly int[] _lengths;
    private readonly Dictionary<int, int> _rank = [];

    public SpecialTokenFinder(Vocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        int[] specials = FindSpecials(vocabulary);
        Array.Sort(specials, (a, b) => TextBytes(a) != TextBytes(b) ? TextBytes(b) - TextBytes(a) : a - b);
        var lengths = new List<int>();
        foreach (int id in specials)
        {
            _rank.Add(id, _rank.Count);
            _begins[vocabulary.Texts[id][0]] = true;
            if (lengths.Count == 0 || lengths[^1] != TextBytes(id))
            {
                lengths.Add(TextBytes(id));
            }
        }

        _lengths = lengths.ToArray();
    }

    /// <summary>Cuts <paramref name="text"/>. Without <paramref name="parseHidden"/>, control tokens are ordinary text.</summary>
    public List<Fragment> Partition(ReadOnlySpan<byte> text, bool parseHidden)
    {
        List<Fragment> found = FindAll(text, parseHidden);
        if (found.Count == 0)
        {
            return text.IsEmpty ? [] : [new Fragment(0, text.Length, null)];
        }

        var taken = new bool[text.Length];
        var kept = new List<int>(found.Count);
        foreach (int index in InOrderOfRank(found))
        {
            Fragment token = found[index];
            Span<bool> place = taken.AsSpan(token.Start, token.Length);
            if (!place.Contains(true))
            {
                place.Fill(true);
                TakeWhiteSpaceAround(text, token, taken);
                kept.Add(index);
            }
        }

        kept.Sort();
        return FillGaps(kept.ConvertAll(index => found[index]), taken);
    }

    // Where they stand, and of those at one place the longest first.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // looks at every byte
    private List<Fragment> FindAll(ReadOnlySpan<byte> text, bool parseHidden)
    {
        var found = new List<Fragment>();
        TokenAttributes ignored = parseHidden ? TokenAttributes.None : TokenAttributes.Hidden;
        for (int at = 0; at < text.Length; at++)
        {
            if (_begins[text[at]])
            {
                AddAt(text, at, ignored, found);
            }
        }

        return found;
    }

    private void AddAt(ReadOnlySpan<byte> text, int at, TokenAttributes ignored, List<Fragment> found)
    {
        foreach (int length in _lengths)
        {
            if (length <= text.Length - at && _vocabulary.TryFind(text.Slice(at, length), out int id)
                && _vocabulary.Has(id, TokenAttributes.Special) && !_vocabulary.Has(id, ignored))
            {
                found.Add(new Fragment(at, length, id));
            }
        }
    }

    // Indices into found: by token, the longest first, and from left to right.
    private int[] InOrderOfRank(List<Fragment> found)
    {
        var keys = new long[found.Count];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = (long)_rank[found[i].Token!.Value] << 32 | (uint)i;
        }

        Array.Sort(keys);
        return Array.ConvertAll(keys, static key => (int)key);
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

    private int TextBytes(int id) => _vocabulary.Texts[id].Length;

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
