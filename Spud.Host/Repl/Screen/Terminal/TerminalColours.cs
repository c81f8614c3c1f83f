namespace Spud.Host.Repl.Screen;

/// <summary>What a terminal says of its colours in the environment.</summary>
/// <param name="variable">A variable of the environment; null: not set.</param>
internal sealed class TerminalColours(Func<string, string?> variable)
{
    // They have all colours, and say so with a variable that gets lost on the way through ssh.
    private static readonly string[] s_rich = ["-256color", "-direct", "kitty", "alacritty", "ghostty", "wezterm", "foot", "contour"];

    /// <summary>Whether the user wants any.</summary>
    public bool AreWanted => variable("NO_COLOR") is not { Length: > 0 };

    /// <summary>
    /// Whether there are sixteen only. GNU screen and Apple's Terminal call themselves 256-colour terminals and take the sequences of others for
    /// something else.
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

    /// <summary>Whether the background is light; null: it does not say.</summary>
    public bool? IsLight
    {
        get
        {
            // "foreground;background" or "foreground;default;background", in numbers of the sixteen colours.
            string last = variable("COLORFGBG")?.Split(';')[^1] ?? "";
            return variable("TERM") == "linux" ? false : int.TryParse(last, out int colour) && colour is >= 0 and < 16 ? colour is 7 or > 8 : null;
        }
    }
}
