using Terminal.Gui.Drawing;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace Spud.Host.Repl.Screen;

/// <summary>
/// How text looks. Normal text has the terminal's own colours, so that it is readable everywhere. The few other colours are chosen to suit
/// the background or, if that is unknown, to be readable on any. Nothing is shown by colour alone.
/// </summary>
internal sealed class Theme
{
    private readonly Attribute[] _attributes;

    /// <param name="colours">False: styles only (NO_COLOR).</param>
    /// <param name="isLight">Whether the terminal's background is light; null if unknown.</param>
    /// <param name="isPoor">Whether the terminal has only sixteen colours, which look different on every terminal.</param>
    public Theme(bool colours, bool? isLight, bool isPoor) =>
        _attributes = [.. Enum.GetValues<Ink>().Select(ink => new Attribute(colours ? ColourOf(ink, isLight, isPoor) : Color.None, Color.None, StyleOf(ink, colours)))];

    public Attribute this[Ink ink] => _attributes[(int)ink];

    private static TextStyle StyleOf(Ink ink, bool colours) => ink switch
    {
        Ink.Strong => TextStyle.Bold,
        Ink.Heading => TextStyle.Bold | TextStyle.Underline,
        Ink.Emphasis => TextStyle.Italic,
        Ink.Accent => TextStyle.Bold,
        Ink.Error => TextStyle.Bold,
        Ink.Dim when !colours => TextStyle.Faint,
        Ink.Selected or Ink.BarKey => TextStyle.Reverse,
        _ => TextStyle.None,
    };

    private static Color ColourOf(Ink ink, bool? isLight, bool isPoor) => isPoor ? OfSixteen(ink, isLight) : isLight switch
    {
        true => OnLight(ink),
        false => OnDark(ink),
        null => OnAny(ink),
    };

    private static Color OnDark(Ink ink) => ink switch
    {
        Ink.Dim or Ink.Bar => new(0x8f, 0x8f, 0x8f),
        Ink.Accent => new(0x62, 0xb0, 0xe8),
        Ink.Code => new(0xa5, 0xc2, 0x61),
        Ink.Good => new(0x6c, 0xc2, 0x7f),
        Ink.Warning => new(0xe0, 0xb0, 0x50),
        Ink.Error => new(0xec, 0x70, 0x70),
        _ => Color.None,
    };

    private static Color OnLight(Ink ink) => ink switch
    {
        Ink.Dim or Ink.Bar => new(0x6b, 0x6b, 0x6b),
        Ink.Accent => new(0x1f, 0x5f, 0xa8),
        Ink.Code => new(0x7a, 0x3e, 0x9d),
        Ink.Good => new(0x2c, 0x7a, 0x3f),
        Ink.Warning => new(0x96, 0x60, 0x00),
        Ink.Error => new(0xb0, 0x2a, 0x2a),
        _ => Color.None,
    };

    private static Color OnAny(Ink ink) => ink switch
    {
        Ink.Dim or Ink.Bar => new(0x76, 0x76, 0x76),
        Ink.Accent => new(0x2b, 0x7c, 0xc0),
        Ink.Code => new(0x9a, 0x5f, 0xc8),
        Ink.Good => new(0x2f, 0x8a, 0x4b),
        Ink.Warning => new(0xa0, 0x6f, 0x00),
        Ink.Error => new(0xd0, 0x45, 0x45),
        _ => Color.None,
    };

    // On an unknown background, only the two colours that are readable on most.
    private static Color OfSixteen(Ink ink, bool? isLight) => (ink, isLight) switch
    {
        (Ink.Dim or Ink.Bar, true) => new(ColorName16.DarkGray),
        (Ink.Dim or Ink.Bar, false) => new(ColorName16.Gray),
        (Ink.Accent, true) => new(ColorName16.Blue),
        (Ink.Accent, false) => new(ColorName16.BrightCyan),
        (Ink.Code, false) => new(ColorName16.BrightGreen),
        (Ink.Code, _) => new(ColorName16.Magenta),
        (Ink.Good, true) => new(ColorName16.Green),
        (Ink.Good, false) => new(ColorName16.BrightGreen),
        (Ink.Warning, false) => new(ColorName16.BrightYellow),
        (Ink.Error, false) => new(ColorName16.BrightRed),
        (Ink.Warning or Ink.Error, _) => new(ColorName16.Red),
        _ => Color.None,
    };
}
