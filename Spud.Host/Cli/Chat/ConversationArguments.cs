using System.CommandLine;
using Spud.Text.ChatTemplates;

namespace Spud.Host;

/// <summary>The options that say how a conversation becomes a prompt.</summary>
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

    /// <summary>What the user tells the model; null: nothing was said.</summary>
    public string? SystemText(ParseResult parsed) => parsed.GetValue(_system);

    /// <summary>The template in place of the model's own; null: none was asked for.</summary>
    /// <exception cref="BadInputException">There is neither such a name nor such a file.</exception>
    /// <exception cref="TemplateException">It is not Jinja.</exception>
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
