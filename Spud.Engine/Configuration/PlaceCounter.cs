using System.Text;

namespace Spud.Configuration;

/// <summary>
/// Turns byte offsets, asked for in ascending order, into lines and columns in one walk over the text, so that a file of one
/// endless line costs no more than any other.
/// </summary>
/// <param name="source">The name of the text; with <paramref name="inFile"/> false it is the whole origin.</param>
/// <param name="inFile">Whether lines and columns mean something to the user.</param>
internal sealed class PlaceCounter(string source, bool inFile)
{
    private int _offset;
    private int _line = 1;
    private int _column = 1;

    /// <summary>The place of a byte; <paramref name="offset"/> must not be before the last one asked for.</summary>
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
