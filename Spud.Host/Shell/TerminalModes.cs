namespace Spud.Host;

/// <summary>Modes of the terminal that the runtime changes and does not change back.</summary>
internal static class TerminalModes
{
    /// <summary>Arrows and keypad as in a shell: reading keys switches them to application mode.</summary>
    public const string UsualKeys = "\u001b[?1l\u001b>";
}
