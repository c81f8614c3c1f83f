using System.Globalization;
using System.Text;

namespace Spud.Models.Messages;

/// <summary>Untrusted text as quoted in a message, in one line: no control characters, limited length. Text for a terminal is sanitised there once more.</summary>
public static class QuotedText
{
    private const int Longest = 60;

    /// <summary>A name or value, truncated to 60 characters, with control characters escaped.</summary>
    public static string Of(string text) => Cut(text, Longest);

    /// <summary>A sentence from an external source.</summary>
    public static string Sentence(string text) => Cut(text, 5 * Longest);

    private static string Cut(string text, int longest)
    {
        bool cut = text.Length > longest;
        ReadOnlySpan<char> kept = cut ? text.AsSpan(0, longest) : text;
        StringBuilder shown = new(kept.Length + 3);
        foreach (char c in kept)
        {
            // U+2028 and U+2029 also break lines; unpaired halves of a cut surrogate pair are not characters.
            if (char.IsControl(c) || c is '\u2028' or '\u2029' || char.IsSurrogate(c) && cut)
                shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                shown.Append(c);
        }

        return cut ? shown.Append("...").ToString() : shown.ToString();
    }
}
