using Spud.Text.Grammars;

namespace Spud.Text.ChatTemplates;

/// <summary>Reasoning before a constrained answer: it is free, the answer is not.</summary>
internal static class ReasoningTags
{
    private static readonly (string Opening, string Closing)[] s_known = [("<think>", "</think>"), ("<seed:think>", "</seed:think>"), ("[THINK]", "[/THINK]")];

    /// <summary>Whether a prompt ends within the reasoning.</summary>
    public static bool AreOpen(ChatTemplate? template, string prompt) =>
        template is not null && s_known.Any(tag => template.Source.Contains(tag.Closing, StringComparison.Ordinal) && prompt.AsSpan().TrimEnd().EndsWith(tag.Opening));

    /// <summary>Puts the reasoning that a template's models write before an answer.</summary>
    /// <param name="rules">The grammar's rules.</param>
    /// <param name="template">The template; null for plain text.</param>
    /// <param name="prompt">The prompt: it may open the reasoning.</param>
    /// <param name="answer">The answer.</param>
    public static GrammarNode Before(GrammarRules rules, ChatTemplate? template, string prompt, GrammarNode answer)
    {
        foreach ((string opening, string closing) in template is null ? [] : s_known)
        {
            if (!template!.Source.Contains(closing, StringComparison.Ordinal))
                continue;

            // Models write one or two line breaks after the closing tag.
            GrammarNode after = GrammarNode.Sequence(GrammarNode.Literal("\n").Repeat(0, 2), answer);
            GrammarNode reasoning = FreeText.Until(rules, closing, mayEnd: false, _ => after);
            return prompt.AsSpan().TrimEnd().EndsWith(opening)
                ? reasoning
                : GrammarNode.Choice(answer, GrammarNode.Sequence(GrammarNode.Literal(opening), reasoning));
        }

        return answer;
    }
}
