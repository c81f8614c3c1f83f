namespace Spud.Host.Repl.Screen;

/// <summary>What the environment says about the terminal's colours.</summary>
/// <param name="variable">Returns an environment variable; null if not set.</param>
internal sealed class TerminalColours(Func<string, string?> variable)
{
    // These terminals have all colours, but the variable that says so is lost over ssh.
    private static readonly string[] s_rich = ["-256color", "-direct", "kitty", "alacritty", "ghostty", "wezterm", "foot", "contour"];

    /// <summary>Whether colours are enabled.</summary>
    public bool AreWanted => variable("NO_COLOR") is not { Length: > 0 };

    /// <summary>
    /// Whether there are only sixteen. GNU screen and Apple's Terminal claim 256 colours but misread the sequences for more.
    /// </summary>
    public bool AreSixteen
    {
        get
        {
            if (variable("STY") is { Length: > 0 } || variable("TERM_PROGRAM") == "Apple_Terminal")
                return true;
            if (variable("COLORTERM") is "truecolor" or "24bit" || variable("WT_SESSION") is { Length: > 0 } || variable("TERM") is not { Length: > 0 } name)
                return false;

            return !s_rich.Any(rich => name.Contains(rich, StringComparison.OrdinalIgnoreCase));
        }
    }

    /// <summary>Whether the background is light; null if unknown.</summary>
    public bool? IsLight
    {
        get
        {
            // "foreground;background" or "foreground;default;background", as indices of the sixteen colours.
            string last = variable("COLORFGBG")?.Split(';')[^1] ?? "";
            return variable("TERM") == "linux" ? false : int.TryParse(last, out int colour) && colour is >= 0 and < 16 ? colour is 7 or > 8 : null;
        }
    }
}
