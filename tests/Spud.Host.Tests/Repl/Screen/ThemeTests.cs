using Spud.Host.Repl.Screen;
using Terminal.Gui.Drawing;

namespace Spud.Host.Tests.Repl.Screen;

public sealed class ThemeTests
{
    private static readonly Color s_black = new(0, 0, 0), s_white = new(255, 255, 255);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [InlineData(null)]
    public void Every_colour_can_be_read_on_its_background(bool? isLight)
    {
        Theme theme = new(colours: true, isLight, isPoor: false);
        foreach (Color colour in Enum.GetValues<Ink>().Select(ink => theme[ink].Foreground).Where(colour => colour != Color.None))
        {
            // 4.5 is what accessibility guidelines ask for; no colour has much more on black and on white at once.
            if (isLight != true)
                Assert.True(Contrast(colour, s_black) > (isLight is null ? 4.2 : 4.5), $"{colour} on black");
            if (isLight != false)
                Assert.True(Contrast(colour, s_white) > (isLight is null ? 4.2 : 4.5), $"{colour} on white");
        }
    }

    [Fact]
    public void Without_colours_and_for_all_text_of_others_the_terminal_s_own_colours_are_used()
    {
        Theme none = new(colours: false, isLight: null, isPoor: false), some = new(colours: true, isLight: null, isPoor: true);
        Assert.All(Enum.GetValues<Ink>(), ink => Assert.Equal(Color.None, none[ink].Foreground));
        Assert.All(Enum.GetValues<Ink>(), ink => Assert.Equal(Color.None, some[ink].Background));
        Assert.Equal(Color.None, some[Ink.Normal].Foreground);
    }

    [Theory]
    [InlineData("TERM=xterm-256color", false)]
    [InlineData("TERM=xterm-kitty", false)]
    [InlineData("TERM=xterm COLORTERM=truecolor", false)]
    [InlineData("WT_SESSION=1", false)]
    [InlineData("", false)]
    [InlineData("TERM=xterm", true)]
    [InlineData("TERM=linux", true)]
    [InlineData("TERM=vt100", true)]
    [InlineData("TERM=screen", true)]
    [InlineData("TERM=screen-256color STY=1.pts", true)]
    [InlineData("TERM=xterm-256color TERM_PROGRAM=Apple_Terminal", true)]
    public void Terminals_of_sixteen_colours_are_known_by_what_they_say(string environment, bool areSixteen) => Assert.Equal(areSixteen, Of(environment).AreSixteen);

    [Theory]
    [InlineData("NO_COLOR=1", false)]
    [InlineData("NO_COLOR=", true)]
    [InlineData("", true)]
    public void NO_COLOR_counts_when_it_is_not_empty(string environment, bool areWanted) => Assert.Equal(areWanted, Of(environment).AreWanted);

    [Theory]
    [InlineData("COLORFGBG=0;15", true)]
    [InlineData("COLORFGBG=0;default;7", true)]
    [InlineData("COLORFGBG=15;0", false)]
    [InlineData("COLORFGBG=7;8", false)]
    [InlineData("COLORFGBG=default;default", null)]
    [InlineData("TERM=linux", false)]
    [InlineData("", null)]
    public void A_terminal_may_say_whether_it_is_light(string environment, bool? isLight) => Assert.Equal(isLight, Of(environment).IsLight);

    private static TerminalColours Of(string environment)
    {
        Dictionary<string, string> variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(variable => variable.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        return new(variables.GetValueOrDefault);
    }

    private static double Contrast(Color one, Color other)
    {
        double a = Luminance(one) + 0.05, b = Luminance(other) + 0.05;
        return Math.Max(a, b) / Math.Min(a, b);
    }

    private static double Luminance(Color colour) => 0.2126 * Linear(colour.R) + 0.7152 * Linear(colour.G) + 0.0722 * Linear(colour.B);

    private static double Linear(byte part) => part / 255.0 is var share && share <= 0.03928 ? share / 12.92 : Math.Pow((part / 255.0 + 0.055) / 1.055, 2.4);
}
