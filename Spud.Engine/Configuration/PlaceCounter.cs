using System.Text;

namespace Spud.Configuration;

/// <summary>
/// Converts byte offsets, requested in ascending order, to lines and columns in one pass over the text, so that a file with one
/// very long line costs no more than any other.
/// </summary>
/// <param name="source">The name of the text; if <paramref name="inFile"/> is false it is the whole origin.</param>
/// <param name="inFile">Whether lines and columns are meaningful to the user.</param>
internal sealed class PlaceCounter(string source, bool inFile)
{
    private int _offset;
    private int _line = 1;
    private int _column = 1;

    /// <summary>The place of a byte; <paramref name="offset"/> must not be before the previous one.</summary>
    public Origin At(ReadOnlySpan<byte> text, int offset)
    {
        if (!inFile)
            return new Origin(source);
        ReadOnlySpan<byte> passed = text[_offset..offset];
        _offset = offset;
        int newline = passed.LastIndexOf((byte)'\n');
        if (newline >= 0)
        {
            _line += passed.Count((byte)'\n');
            _column = 1;
            passed = passed[(newline + 1)..];
        }

        _column += Encoding.UTF8.GetCharCount(passed);
        return new Origin(source, _line, _column);
    }
}
