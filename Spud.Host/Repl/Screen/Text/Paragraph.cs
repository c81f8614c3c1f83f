namespace Spud.Host.Repl.Screen;

/// <summary>Text between two line breaks.</summary>
/// <param name="Runs">The text.</param>
/// <param name="First">Prefix of its first row, such as a bullet.</param>
/// <param name="Rest">Prefix of the other rows.</param>
/// <param name="IsVerbatim">Whether spaces matter (code, tables): rows break at the edge, not between words.</param>
internal sealed record Paragraph(IReadOnlyList<Run> Runs, Run First = default, Run Rest = default, bool IsVerbatim = false)
{
    public static Paragraph Empty { get; } = new([]);

    public static Paragraph Of(string text, Ink ink = Ink.Normal) => new([new(text, ink)]);

    /// <summary>Adds a prefix.</summary>
    public Paragraph Indented(Run first, Run rest) => this with { First = Joined(first, First), Rest = Joined(rest, Rest) };

    // An inner prefix keeps its style: a bullet stays a bullet.
    private static Run Joined(Run outer, Run inner) => new(outer.Text + inner.Text, inner.Text is { Length: > 0 } && outer.Text.AsSpan().IsWhiteSpace() ? inner.Ink : outer.Ink);
}
