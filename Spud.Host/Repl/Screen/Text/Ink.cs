namespace Spud.Host.Repl.Screen;

/// <summary>What a piece of text is; the theme decides how that looks on this terminal.</summary>
internal enum Ink
{
    Normal,
    Dim,
    Strong,
    Emphasis,
    Accent,
    Heading,
    Code,
    Good,
    Warning,
    Error,

    /// <summary>The item under the reader's cursor.</summary>
    Selected,

    /// <summary>Rows that frame the screen: title and status.</summary>
    Bar,

    /// <summary>A key on such a row.</summary>
    BarKey,
}
