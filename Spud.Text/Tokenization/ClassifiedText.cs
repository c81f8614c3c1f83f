using System.Text;

namespace Spud.Text.Tokenization;

/// <summary>A UTF-8 text as code points with their classes and byte offsets: n code points, n + 1 offsets.</summary>
internal sealed class ClassifiedText
{
    private readonly int[] _points;
    private readonly CharacterClass[] _classes;
    private readonly int[] _offsets;

    public ClassifiedText(ReadOnlySpan<byte> utf8)
    {
        _points = new int[utf8.Length];
        _classes = new CharacterClass[utf8.Length];
        _offsets = new int[utf8.Length + 1];
        for (int at = 0; at < utf8.Length; Length++)
        {
            int point = utf8[at];
            int bytes = 1;
            if (point >= 0x80)
            {
                Rune.DecodeFromUtf8(utf8[at..], out Rune rune, out bytes);
                point = rune.Value;
            }

            _points[Length] = point;
            _classes[Length] = CharacterClasses.Of(point);
            at += bytes;
            _offsets[Length + 1] = at;
        }
    }

    /// <summary>Number of code points.</summary>
    public int Length { get; }

    public ClassifiedSpan this[int start, int end] => new(_points.AsSpan(start, end - start), _classes.AsSpan(start, end - start));

    /// <summary>Byte offset of code point <paramref name="index"/> (or of the end of the text).</summary>
    public int ByteOffset(int index) => _offsets[index];
}

/// <summary>A span of code points; a pattern sees nothing beyond its ends.</summary>
internal readonly ref struct ClassifiedSpan(ReadOnlySpan<int> points, ReadOnlySpan<CharacterClass> classes)
{
    private readonly ReadOnlySpan<int> _points = points;
    private readonly ReadOnlySpan<CharacterClass> _classes = classes;

    public int Length => _points.Length;

    /// <summary>The code point, or an invalid one beyond the end.</summary>
    public int this[int at] => (uint)at < (uint)_points.Length ? _points[at] : ~0;

    /// <summary>Whether there is a character in one of <paramref name="classes"/>.</summary>
    public bool Is(int at, CharacterClass classes) => (uint)at < (uint)_classes.Length && (_classes[at] & classes) != 0;

    /// <summary>Whether there is a character that is in none of <paramref name="classes"/>.</summary>
    public bool IsNot(int at, CharacterClass classes) => (uint)at < (uint)_classes.Length && (_classes[at] & classes) == 0;

    public bool IsNewline(int at) => this[at] is '\r' or '\n';

    public bool IsAsciiLetter(int at) => (this[at] | 0x20) is >= 'a' and <= 'z';

    /// <summary>The end of the run of <paramref name="classes"/> that begins at <paramref name="at"/>.</summary>
    public int EndOf(int at, CharacterClass classes)
    {
        while (Is(at, classes))
        {
            at++;
        }

        return at;
    }

    /// <summary>As above, but after at most this many characters: the rest of a longer run is not examined.</summary>
    public int EndOf(int at, CharacterClass classes, int most)
    {
        int last = most > Length - at ? Length : at + most;
        while (at < last && Is(at, classes))
        {
            at++;
        }

        return at;
    }

    /// <summary>The end of the run of characters outside <paramref name="classes"/> that begins at <paramref name="at"/>.</summary>
    public int EndOfNot(int at, CharacterClass classes)
    {
        while (IsNot(at, classes))
        {
            at++;
        }

        return at;
    }
}
