using System.Globalization;
using System.Text;
using Terminal.Gui.Text;

namespace Spud.Host.Repl.Screen;

/// <summary>Text as a terminal shows it: graphemes, each 0 to 2 columns wide. Widths match those of the drawing library.</summary>
internal static class Graphemes
{
    /// <summary>Length of the first grapheme, in characters; 0 at the end.</summary>
    public static int Next(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return 0;

        return text[0] < 0x80 && (text.Length == 1 || text[1] < 0x80) ? 1 : StringInfo.GetNextTextElementLength(text);
    }

    /// <summary>Start of the grapheme before an index; 0 at the beginning.</summary>
    public static int Before(ReadOnlySpan<char> text, int place)
    {
        if (place <= 0)
            return 0;
        if (text[place - 1] < 0x80)
            return place - 1;

        // The longest joined emoji in use have about twenty characters.
        int from = Math.Max(0, place - 32), last = from;
        while (from < place)
            (last, from) = (from, from + Math.Max(1, Next(text[from..place])));

        return last;
    }

    /// <summary>Columns of one grapheme.</summary>
    public static int Width(ReadOnlySpan<char> grapheme)
    {
        if (grapheme.Length == 1 && grapheme[0] is >= ' ' and < '\u007f')
            return 1;

        int columns = 0;
        foreach (Rune rune in grapheme.EnumerateRunes())
            columns += Math.Max(0, rune.GetColumns());

        return Math.Min(2, columns);
    }

    /// <summary>Columns of a text.</summary>
    public static int Columns(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAnyExceptInRange(' ', '~'))
            return text.Length;

        int columns = 0;
        while (Next(text) is > 0 and int length)
        {
            columns += Width(text[..length]);
            text = text[length..];
        }

        return columns;
    }

    /// <summary>As much of a text as fits, with an ellipsis if it is cut.</summary>
    public static string Fit(string text, int columns)
    {
        if (Columns(text) <= columns)
            return text;
        if (columns <= 1)
            return columns == 1 ? "…" : "";

        return text[..Fitting(text, columns - 1)] + "…";
    }

    /// <summary>Number of characters that fit into a width.</summary>
    public static int Fitting(ReadOnlySpan<char> text, int columns)
    {
        int at = 0;
        while (Next(text[at..]) is > 0 and int length && (columns -= Width(text.Slice(at, length))) >= 0)
            at += length;

        return at;
    }

    /// <summary>The text at an exact width: cut, or padded with spaces.</summary>
    public static string Exactly(string text, int columns)
    {
        string fitted = Fit(text, columns);
        return fitted + new string(' ', Math.Max(0, columns - Columns(fitted)));
    }
}
