using System.Globalization;

namespace Spud.Text.Tokenization;

/// <summary>The class of a code point as of Unicode 15.1, the version of llama.cpp's tables.</summary>
internal static class CharacterClasses
{
    private static readonly CharacterClass[] Ascii = MakeAscii();

    /// <summary>
    /// First and last code points of the characters of Unicode 16, which .NET knows and Unicode 15.1 does not include;
    /// the ranges run across unassigned gaps where that makes the list shorter.
    /// </summary>
    private static ReadOnlySpan<int> AddedLater =>
    [
        0x897, 0x897, 0x1B4E, 0x1B4F, 0x1B7F, 0x1B7F, 0x1C89, 0x1C8A, 0x2427, 0x2429, 0x31E4, 0x31E5,
        0xA7CB, 0xA7CD, 0xA7DA, 0xA7DC, 0x105C0, 0x105F3, 0x10D40, 0x10D8F, 0x10EC2, 0x10EC4,
        0x10EFC, 0x10EFC, 0x11380, 0x113E2, 0x116D0, 0x116E3, 0x11BC0, 0x11BF9, 0x11F5A, 0x11F5A, 0x13460, 0x143FA,
        0x16100, 0x16139, 0x16D40, 0x16D79, 0x18CFF, 0x18CFF, 0x1CC00, 0x1CEB3, 0x1E5D0, 0x1E5FF, 0x1F8B2, 0x1F8C1,
        0x1FA89, 0x1FA89, 0x1FA8F, 0x1FA8F, 0x1FABE, 0x1FABE, 0x1FAC6, 0x1FAC6, 0x1FADC, 0x1FADC, 0x1FADF, 0x1FADF,
        0x1FAE9, 0x1FAE9, 0x1FBCB, 0x1FBEF,
    ];

    public static CharacterClass Of(int codePoint) => codePoint < 0x80 ? Ascii[codePoint] : OfWide(codePoint);

    /// <summary>Whether sorted pairs of first and last code points contain <paramref name="codePoint"/>.</summary>
    public static bool Contains(ReadOnlySpan<int> ranges, int codePoint)
    {
        int at = ranges.BinarySearch(codePoint);
        return at >= 0 || (~at & 1) == 1;
    }

    private static CharacterClass OfWide(int codePoint)
    {
        if (codePoint >= 0x897 && Contains(AddedLater, codePoint))
        {
            return CharacterClass.Other;
        }

        return codePoint <= 0xFFFF && char.IsWhiteSpace((char)codePoint)
            ? CharacterClass.Space
            : OfCategory(CharUnicodeInfo.GetUnicodeCategory(codePoint));
    }

    private static CharacterClass OfCategory(UnicodeCategory category) => category switch
    {
        <= UnicodeCategory.OtherLetter => CharacterClass.Letter,
        <= UnicodeCategory.EnclosingMark => CharacterClass.Mark,
        <= UnicodeCategory.OtherNumber => CharacterClass.Number,
        >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation => CharacterClass.Punctuation,
        >= UnicodeCategory.MathSymbol and <= UnicodeCategory.OtherSymbol => CharacterClass.Symbol,
        _ => CharacterClass.Other,
    };

    private static CharacterClass[] MakeAscii()
    {
        var classes = new CharacterClass[0x80];
        for (int c = 0; c < classes.Length; c++)
        {
            classes[c] = char.IsWhiteSpace((char)c) ? CharacterClass.Space : OfCategory(CharUnicodeInfo.GetUnicodeCategory(c));
        }

        return classes;
    }
}
