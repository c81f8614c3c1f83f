namespace Spud.Text.Tokenization;

/// <summary>How far a text of bytes is within a character of UTF-8.</summary>
internal enum Utf8State : byte
{
    /// <summary>Between two characters.</summary>
    Between,

    /// <summary>One more byte is to come.</summary>
    One,

    /// <summary>Two more.</summary>
    Two,

    /// <summary>Three more.</summary>
    Three,

    /// <summary>Two more, of which the first must not make the character one of fewer bytes.</summary>
    AfterE0,

    /// <summary>Two more, of which the first must not make the character half a surrogate pair.</summary>
    AfterED,

    /// <summary>Three more, of which the first must not make the character one of fewer bytes.</summary>
    AfterF0,

    /// <summary>Three more, of which the first must not make the character one beyond Unicode.</summary>
    AfterF4,

    /// <summary>The text is not UTF-8.</summary>
    Invalid,
}

/// <summary>Reads UTF-8 byte by byte.</summary>
internal static class Utf8States
{
    /// <summary>The bytes of all characters beyond ASCII: alternatives of the ranges of one byte after another.</summary>
    public static (byte First, byte Last)[][] Characters { get; } =
    [
        [(0xC2, 0xDF), (0x80, 0xBF)],
        [(0xE0, 0xE0), (0xA0, 0xBF), (0x80, 0xBF)],
        [(0xE1, 0xEC), (0x80, 0xBF), (0x80, 0xBF)],
        [(0xED, 0xED), (0x80, 0x9F), (0x80, 0xBF)],
        [(0xEE, 0xEF), (0x80, 0xBF), (0x80, 0xBF)],
        [(0xF0, 0xF0), (0x90, 0xBF), (0x80, 0xBF), (0x80, 0xBF)],
        [(0xF1, 0xF3), (0x80, 0xBF), (0x80, 0xBF), (0x80, 0xBF)],
        [(0xF4, 0xF4), (0x80, 0x8F), (0x80, 0xBF), (0x80, 0xBF)],
    ];

    /// <summary>The state after one more byte.</summary>
    public static Utf8State Next(Utf8State state, byte b) => (state, b) switch
    {
        (Utf8State.Between, < 0x80) => Utf8State.Between,
        (Utf8State.Between, >= 0xC2 and <= 0xDF) => Utf8State.One,
        (Utf8State.Between, 0xE0) => Utf8State.AfterE0,
        (Utf8State.Between, 0xED) => Utf8State.AfterED,
        (Utf8State.Between, >= 0xE1 and <= 0xEF) => Utf8State.Two,
        (Utf8State.Between, 0xF0) => Utf8State.AfterF0,
        (Utf8State.Between, >= 0xF1 and <= 0xF3) => Utf8State.Three,
        (Utf8State.Between, 0xF4) => Utf8State.AfterF4,
        (Utf8State.One, >= 0x80 and <= 0xBF) => Utf8State.Between,
        (Utf8State.Two, >= 0x80 and <= 0xBF) or (Utf8State.AfterE0, >= 0xA0 and <= 0xBF) or (Utf8State.AfterED, >= 0x80 and <= 0x9F) => Utf8State.One,
        (Utf8State.Three, >= 0x80 and <= 0xBF) or (Utf8State.AfterF0, >= 0x90 and <= 0xBF) or (Utf8State.AfterF4, >= 0x80 and <= 0x8F) => Utf8State.Two,
        _ => Utf8State.Invalid,
    };
}
