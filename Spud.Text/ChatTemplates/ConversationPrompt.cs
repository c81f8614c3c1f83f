namespace Spud.Text.ChatTemplates;

/// <summary>Prompts of conversations for templates that lack the role <c>system</c>.</summary>
public static class ConversationPrompt
{
    /// <summary>
    /// Renders a conversation. If it begins with a system message that the template rejects or omits, the message's text is put before
    /// the first user message instead, with a line break between them, as in llama.cpp.
    /// </summary>
    /// <exception cref="TemplateException">The template fails, rejects the conversation either way, or exceeds a limit.</exception>
    public static RenderedPrompt Render(ChatTemplate template, IReadOnlyList<ChatMessage> messages, ChatTemplateOptions options)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(messages);
        if (messages is not [{ Role: "system", Content: { } system }, { Role: "user", Content: not null }, ..])
            return template.RenderPrompt(messages, options);

        try
        {
            RenderedPrompt prompt = template.RenderPrompt(messages, options);
            return prompt.Text.Contains(system.Trim(), StringComparison.Ordinal) ? prompt : template.RenderPrompt(Merged(system, messages), options);
        }
        catch (TemplateException)
        {
            return TryRender(template, Merged(system, messages), options) ?? template.RenderPrompt(messages, options);
        }
    }

    private static ChatMessage[] Merged(string system, IReadOnlyList<ChatMessage> messages) =>
        [messages[1].With($"{system}\n{messages[1].Content}"), .. messages.Skip(2)];

    private static RenderedPrompt? TryRender(ChatTemplate template, ChatMessage[] messages, ChatTemplateOptions options)
    {
        try
        {
            return template.RenderPrompt(messages, options);
        }
        catch (TemplateException)
        {
            return null;
        }
    }
}
