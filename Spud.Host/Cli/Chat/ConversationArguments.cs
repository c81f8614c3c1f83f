using System.CommandLine;
using Spud.Text.ChatTemplates;

namespace Spud.Host;

/// <summary>The options that determine how a conversation becomes a prompt.</summary>
internal sealed class ConversationArguments
{
    private readonly Option<string?> _system = new("--system") { Description = $"What the model is told before the conversation. Default for the embedded model: {Chat.EmbeddedModelSystem}", HelpName = "TEXT" };
    private readonly Option<string?> _template = new("--chat-template") { Description = $"A Jinja template in place of the model's own: a file, or one of {string.Join(", ", KnownChatTemplates.Names)}.", HelpName = "FILE|NAME" };

    /// <summary>Adds the options to a command.</summary>
    public ConversationArguments(Command command)
    {
        command.Options.Add(_system);
        command.Options.Add(_template);
    }

    /// <summary>The user's system message; null if none was given.</summary>
    public string? SystemText(ParseResult parsed) => parsed.GetValue(_system);

    /// <summary>The template that replaces the model's own; null if none was given.</summary>
    /// <exception cref="BadInputException">There is no template or file of that name.</exception>
    /// <exception cref="TemplateException">The template is not valid Jinja.</exception>
    public ChatTemplate? Template(ParseResult parsed, Shell shell)
    {
        if (parsed.GetValue(_template) is not { } given)
            return null;
        if (KnownChatTemplates.Find(given) is { } known)
            return ChatTemplate.Parse(known);
        if (!File.Exists(given))
            throw new BadInputException($"--chat-template: '{given}' is neither a file nor a template that Spud knows. Known: {string.Join(", ", KnownChatTemplates.Names)}.");

        return ChatTemplate.Parse(InputText.Read(given, shell));
    }
}
