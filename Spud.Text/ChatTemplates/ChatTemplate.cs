using System.Text.Json;

namespace Spud.Text.ChatTemplates;

/// <summary>
/// The Jinja template of a model file, parsed and ready to render a conversation as the model's prompt. It runs
/// with <c>trim_blocks</c> and <c>lstrip_blocks</c> on and with transformers' <c>tojson</c>, as in Hugging Face's
/// libraries. Immutable and safe for use by several threads.
/// </summary>
public sealed class ChatTemplate
{
    private readonly Block _body;

    // gpt-oss's name for reasoning; most templates use reasoning_content.
    private readonly bool _asksForThinking;

    private ChatTemplate(string source, Block body)
    {
        Source = source;
        _body = body;
        _asksForThinking = source.Contains("thinking", StringComparison.Ordinal);
    }

    /// <summary>The template's source text.</summary>
    public string Source { get; }

    /// <summary>Parses a template of at most <see cref="TemplateLimits.SourceCharacters"/> (the default limits') characters.</summary>
    /// <exception cref="TemplateException">The template is too long, nests too deeply, is not Jinja, or uses an unknown filter, test or tag.</exception>
    public static ChatTemplate Parse(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        int limit = TemplateLimits.Default.SourceCharacters;
        if (source.Length > limit)
            throw new TemplateException($"expected at most {limit} characters, got {source.Length}", 1, 1);
        return new ChatTemplate(source, Parser.Parse(source));
    }

    /// <summary>Renders a conversation as plain text, in which the template's control tokens can no longer be distinguished from those in messages.</summary>
    /// <exception cref="TemplateException">The template fails, rejects the conversation, or exceeds a limit.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, ChatTemplateOptions options) => RenderPrompt(messages, options).Text;

    /// <summary>Renders the prompt of a conversation.</summary>
    /// <exception cref="TemplateException">The template fails, rejects the conversation, or exceeds a limit.</exception>
    public RenderedPrompt RenderPrompt(IReadOnlyList<ChatMessage> messages, ChatTemplateOptions options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(options);
        var run = new TemplateRun(options.Limits, options.Clock);
        var globals = new Scope(null);
        Functions.AddTo(globals);
        globals.Set("bos_token", TemplateString.Own(options.BosToken));
        globals.Set("eos_token", TemplateString.Own(options.EosToken));
        globals.Set("add_generation_prompt", options.AddGenerationPrompt);
        if (options.Tools is { } tools)
            globals.Set("tools", JsonValues.From(run, tools));
        globals.Set("messages", new TemplateList([.. messages.Select(message => ValueOf(run, message))]));
        foreach ((string name, JsonElement value) in options.Variables ?? new Dictionary<string, JsonElement>())
            globals.Set(name, JsonValues.From(run, value));
        TemplateString text = new Evaluator(run).Render(_body, globals);
        return new(text.Text, text.ForeignRanges());
    }

    private TemplateMap ValueOf(TemplateRun run, ChatMessage message)
    {
        var map = message.Fields is { } fields ? (TemplateMap)JsonValues.From(run, fields) : FromMembers(run, message);
        map.Set(run, "role", RoleOf(message.Role));
        return map;
    }

    /// <summary>
    /// Templates build control tokens from a role ('&lt;|' + role + '|&gt;'), and it is chosen by the program, not the speaker: it counts as the
    /// template's own text unless it could spell a token by itself.
    /// </summary>
    private static TemplateString RoleOf(string role) =>
        role.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? TemplateString.Own(role) : TemplateString.Foreign(role);

    private TemplateMap FromMembers(TemplateRun run, ChatMessage message)
    {
        var map = new TemplateMap();
        map.Set(run, "role", None.Value);
        map.Set(run, "content", message.Content is { } content ? TemplateString.Foreign(content) : None.Value);
        SetIfGiven(run, map, "name", message.Name);
        SetIfGiven(run, map, "reasoning_content", message.Reasoning);
        if (_asksForThinking)
            SetIfGiven(run, map, "thinking", message.Reasoning);
        SetIfGiven(run, map, "tool_call_id", message.ToolCallId);
        if (message.ToolCalls is { } calls)
            map.Set(run, "tool_calls", JsonValues.From(run, calls));
        return map;
    }

    private static void SetIfGiven(TemplateRun run, TemplateMap map, string name, string? value)
    {
        if (value is not null)
            map.Set(run, name, TemplateString.Foreign(value));
    }
}
