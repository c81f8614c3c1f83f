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

    /// <summary>Renders a conversation in which a model may call functions.</summary>
    /// <param name="template">The template.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">Inputs besides the messages; their tools are replaced.</param>
    /// <param name="tools">The functions; null for none.</param>
    /// <exception cref="TemplateException">The template fails, rejects the conversation, or exceeds a limit.</exception>
    public static RenderedPrompt Render(ChatTemplate template, IReadOnlyList<ChatMessage> messages, ChatTemplateOptions options, ToolSet? tools)
    {
        ArgumentNullException.ThrowIfNull(options);
        bool hasTools = tools is { Functions.Count: > 0 };
        bool isNative = ToolFormats.Of(template) != ToolFormat.ExplainedTags;
        if (isNative)
            return RenderCalls(template, messages, hasTools ? options.With(tools!.Json) : options);

        // Calls of an earlier turn are told even if no tools are offered now.
        return Render(template, hasTools ? ToolConversation.Explain(messages, tools!) : [.. ToolConversation.WithoutCalls(messages)], options);
    }

    /// <summary>A message that only calls has no content; some templates expect an empty text instead.</summary>
    private static RenderedPrompt RenderCalls(ChatTemplate template, IReadOnlyList<ChatMessage> messages, ChatTemplateOptions options)
    {
        bool hasNone = messages.Any(static message => message is { Content: null, ToolCalls: not null });
        try
        {
            return Render(template, messages, options);
        }
        catch (TemplateException) when (hasNone)
        {
            return Render(template, [.. messages.Select(static message => message is { Content: null, ToolCalls: not null } ? message.With("") : message)], options);
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
