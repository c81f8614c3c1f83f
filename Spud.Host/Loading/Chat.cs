using Spud.Text.ChatTemplates;

namespace Spud.Host;

/// <summary>Conversations in the form that the model expects.</summary>
internal static class Chat
{
    /// <summary>The embedded model's default system message: it only speaks English, but a French name tempts it into French.</summary>
    public const string EmbeddedModelSystem = "Answer in English.";

    /// <summary>The messages before the first question.</summary>
    /// <param name="model">The model.</param>
    /// <param name="system">The user's system message; null for none, or the embedded model's default.</param>
    public static ChatMessage[] Opening(LanguageModel model, string? system)
    {
        return (system ?? (IsEmbedded(model) ? EmbeddedModelSystem : null)) is { } text ? [new("system", text)] : [];
    }

    /// <summary>Whether it is the embedded model: settings tuned for it apply to no other model.</summary>
    public static bool IsEmbedded(LanguageModel model) => Path.GetFileName(model.Pipeline.File.Path) == Places.DefaultModelName;

    /// <summary>Renders a conversation as a prompt.</summary>
    /// <exception cref="BadInputException">There is no template.</exception>
    /// <exception cref="TemplateException">The template refuses the conversation.</exception>
    public static RenderedPrompt Render(LanguageModel model, IReadOnlyList<ChatMessage> messages)
    {
        RequireTemplate(model);
        return model.Render(messages);
    }

    /// <summary>Refuses a model that cannot chat.</summary>
    /// <exception cref="BadInputException">The model has no template.</exception>
    public static void RequireTemplate(LanguageModel model)
    {
        if (model.ChatTemplate is null)
            throw new BadInputException($"{model.Pipeline.File.Path}: the model file has no chat template, so it cannot chat. Name one with --chat-template. To continue plain text: spud run --raw \"Once upon a time\"");
    }
}
