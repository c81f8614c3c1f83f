using Spud.Text.ChatTemplates;

namespace Spud.Host;

/// <summary>Conversations as the model expects them.</summary>
internal static class Chat
{
    /// <summary>What the embedded model is told if the user says nothing: it speaks English alone, but a French name tempts it into French.</summary>
    public const string EmbeddedModelSystem = "Answer in English.";

    /// <summary>What comes before the first question.</summary>
    /// <param name="model">The model.</param>
    /// <param name="system">What the user tells it; null: nothing, or the embedded model's usual text.</param>
    public static ChatMessage[] Opening(LanguageModel model, string? system)
    {
        return (system ?? (IsEmbedded(model) ? EmbeddedModelSystem : null)) is { } text ? [new("system", text)] : [];
    }

    /// <summary>Whether it is the model that comes with the program: what it is tuned to reaches no other.</summary>
    public static bool IsEmbedded(LanguageModel model) => Path.GetFileName(model.Pipeline.File.Path) == Places.DefaultModelName;

    /// <summary>A conversation as a prompt.</summary>
    /// <exception cref="BadInputException">There is no template.</exception>
    /// <exception cref="TemplateException">The template refuses the conversation.</exception>
    public static RenderedPrompt Render(LanguageModel model, IReadOnlyList<ChatMessage> messages)
    {
        RequireTemplate(model);
        return model.Render(messages);
    }

    /// <summary>Refuses a model that cannot converse.</summary>
    /// <exception cref="BadInputException">The model has no template.</exception>
    public static void RequireTemplate(LanguageModel model)
    {
        if (model.ChatTemplate is null)
            throw new BadInputException($"{model.Pipeline.File.Path}: the model file has no chat template, so it cannot chat. Name one with --chat-template. To continue plain text: spud run --raw \"Once upon a time\"");
    }
}
