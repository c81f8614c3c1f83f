namespace Spud.Host.Repl.Screen;

/// <summary>What all parts of the screen draw with; another theme takes effect with the next drawing.</summary>
internal sealed class Look(Theme theme)
{
    public Theme Theme { get; set; } = theme;
}
