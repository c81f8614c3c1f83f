namespace Spud.Text.ChatTemplates;

/// <summary>What a missing variable or attribute gives: it prints as nothing, is false and empty, and any other use fails with <see cref="Problem"/>.</summary>
internal sealed class Undefined(string problem)
{
    public string Problem { get; } = problem;
}
