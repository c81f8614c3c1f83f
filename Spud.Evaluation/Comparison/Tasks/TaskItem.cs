namespace Spud.Evaluation.Comparison;

/// <summary>One question.</summary>
/// <param name="Prompt">What the model reads.</param>
/// <param name="Choices">Continuations to score; one for a last word, none for a generated answer.</param>
/// <param name="Answer">Index of the right choice, or the right answer itself.</param>
internal sealed record TaskItem(string Prompt, string[] Choices, string Answer);
