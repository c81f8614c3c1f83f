using Terminal.Gui.Drawing;
using Attribute = Terminal.Gui.Drawing.Attribute;

namespace Spud.Host.Repl.Screen;

/// <summary>
/// How text looks. Normal text has the terminal's own colours, so that light and dark terminals are right without being asked; the few others
/// are mid-tones that can be read on both. Whatever a colour says, a sign or a word says too.
/// </summary>
internal sealed class Theme
{
    private readonly Attribute[] _attributes;

    /// <param name="colours">False: styles only (NO_COLOR).</param>
    /// <param name="isLight">Whether the terminal's background is light.</param>
    /// <param name="isPoor">Whether the terminal has sixteen colours, of which the mid-tones are not among.</param>
    public Theme(bool colours, bool isLight, bool isPoor) =>
        _attributes = [.. Enum.GetValues<Ink>().Select(ink => Of(ink, colours, isLight, isPoor))];

    public Attribute this[Ink ink] => _attributes[(int)ink];

    /// <summary>Whether a user asked for no colours.</summary>
    public static bool WantsColours => Environment.GetEnvironmentVariable("NO_COLOR") is not { Length: > 0 };

    private static Attribute Of(Ink ink, bool colours, bool isLight, bool isPoor)
    {
        TextStyle style = StyleOf(ink, colours);
        return new(colours ? ColourOf(ink, isLight, isPoor) : Color.None, Color.None, style);
    }

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

    private static Color ColourOf(Ink ink, bool isLight, bool isPoor) => ink switch
    {
        Ink.Dim or Ink.Bar => isPoor ? new(isLight ? ColorName16.DarkGray : ColorName16.Gray) : isLight ? new(0x6b, 0x6b, 0x6b) : new(0x8f, 0x8f, 0x8f),
        Ink.Accent => isPoor ? new(isLight ? ColorName16.Blue : ColorName16.BrightCyan) : isLight ? new(0x1f, 0x5f, 0xa8) : new(0x62, 0xb0, 0xe8),
        Ink.Code => isPoor ? new(isLight ? ColorName16.Magenta : ColorName16.BrightGreen) : isLight ? new(0x7a, 0x3e, 0x9d) : new(0xa5, 0xc2, 0x61),
        Ink.Good => isPoor ? new(isLight ? ColorName16.Green : ColorName16.BrightGreen) : isLight ? new(0x2c, 0x7a, 0x3f) : new(0x6c, 0xc2, 0x7f),
        Ink.Warning => isPoor ? new(isLight ? ColorName16.Red : ColorName16.BrightYellow) : isLight ? new(0x96, 0x60, 0x00) : new(0xe0, 0xb0, 0x50),
        Ink.Error => isPoor ? new(isLight ? ColorName16.Red : ColorName16.BrightRed) : isLight ? new(0xb0, 0x2a, 0x2a) : new(0xec, 0x70, 0x70),
        _ => Color.None,
    };
}
