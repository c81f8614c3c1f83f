namespace Spud.Evaluation.Comparison;

/// <summary>One question.</summary>
/// <param name="Prompt">What the model reads.</param>
/// <param name="Choices">Continuations to weigh; one for a last word, none for an answer that is to be written.</param>
/// <param name="Answer">Index of the right choice, or the right answer itself.</param>
internal sealed record TaskItem(string Prompt, string[] Choices, string Answer);
