namespace Spud.Host.Repl.Screen;

/// <summary>The theme shared by all parts of the screen; a change takes effect when they are next drawn.</summary>
internal sealed class Look(Theme theme)
{
    public Theme Theme { get; set; } = theme;
}
