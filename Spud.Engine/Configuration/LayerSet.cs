using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Spud.Models.Families;

namespace Spud.Configuration;

/// <summary>Layers as written in a pipeline: <c>0-3</c>, <c>0,2,5-7</c>, <c>4-</c> (and all that follow).</summary>
public sealed class LayerSet
{
    /// <summary>The highest number that may be written; no model has nearly as many.</summary>
    public const int HighestLayer = ModelReader.MaxLayers - 1;

    private const int Open = int.MaxValue;
    private readonly string _text;
    private readonly ImmutableArray<(int First, int Last)> _ranges;

    private LayerSet(string text, ImmutableArray<(int First, int Last)> ranges) => (_text, _ranges) = (text, ranges);

    /// <summary>The highest layer named; the first one of an open range.</summary>
    public int HighestNamed => _ranges[^1] is (int first, Open) ? first : _ranges[^1].Last;

    /// <summary>Whether a layer is in the set.</summary>
    public bool Contains(int layer)
    {
        foreach ((int first, int last) in _ranges)
        {
            if (layer >= first && layer <= last)
                return true;
        }

        return false;
    }

    /// <summary>The text as written.</summary>
    public override string ToString() => _text;

    /// <summary>Parses a list of layers and ranges of layers, in any order, with overlaps allowed; false for anything else.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out LayerSet? layers)
    {
        layers = null;
        List<(int First, int Last)> ranges = [];
        foreach (Range part in text.AsSpan().Split(','))
        {
            if (!TryRange(text.AsSpan()[part].Trim(), out (int First, int Last) range))
                return false;
            ranges.Add(range);
        }

        layers = new LayerSet(text, Merged(ranges));
        return true;
    }

    private static bool TryRange(ReadOnlySpan<char> text, out (int First, int Last) range)
    {
        int dash = text.IndexOf('-');
        ReadOnlySpan<char> last = dash < 0 ? text : text[(dash + 1)..].Trim();
        range = (0, Open);
        return TryLayer(dash < 0 ? text : text[..dash].Trim(), out range.First)
            && (last.IsEmpty || TryLayer(last, out range.Last))
            && range.First <= range.Last;
    }

    private static bool TryLayer(ReadOnlySpan<char> text, out int layer) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out layer) && layer <= HighestLayer;

    // Disjoint and ascending, so that the number of ranges is bounded whatever is written.
    private static ImmutableArray<(int First, int Last)> Merged(List<(int First, int Last)> ranges)
    {
        ranges.Sort();
        List<(int First, int Last)> merged = [ranges[0]];
        foreach ((int first, int last) in ranges)
        {
            if (merged[^1].Last == Open || first <= merged[^1].Last + 1)
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, last));
            else
                merged.Add((first, last));
        }

        return [.. merged];
    }
}
