namespace Spud.Text.ChatTemplates;

/// <summary>The value of a missing variable or attribute: it prints as nothing, is false and empty, and any other use fails with <see cref="Problem"/>.</summary>
internal sealed class Undefined(string problem)
{
    public string Problem { get; } = problem;
}
