namespace Spud.Text.ChatTemplates;

/// <summary>A conversation as text, and which parts of it are foreign.</summary>
/// <param name="Text">The prompt.</param>
/// <param name="Foreign">
/// Ranges of characters that came from messages, tools or variables and not from the template: ascending, not empty, with gaps between.
/// The text of a control token is only text there; the tokenizer must be told so.
/// </param>
public sealed record RenderedPrompt(string Text, IReadOnlyList<Range> Foreign);
