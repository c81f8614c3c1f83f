namespace Spud.Text.ChatTemplates;

/// <summary>A conversation as text, with the parts of it that are foreign.</summary>
/// <param name="Text">The prompt.</param>
/// <param name="Foreign">
/// Ranges of characters that came from messages, tools or variables rather than the template: ascending, not empty, with gaps between.
/// The text of a control token is plain text there; the tokenizer must be told so.
/// </param>
public sealed record RenderedPrompt(string Text, IReadOnlyList<Range> Foreign);
