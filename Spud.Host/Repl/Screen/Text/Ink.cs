namespace Spud.Host.Repl.Screen;

/// <summary>The role of a piece of text; the theme maps it to a style for this terminal.</summary>
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

    /// <summary>The selected item.</summary>
    Selected,

    /// <summary>Rows that frame the screen: title and status.</summary>
    Bar,

    /// <summary>A key name on such a row.</summary>
    BarKey,
}
