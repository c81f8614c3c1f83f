using System.Text.Json;

namespace Spud.Text.ChatTemplates;

/// <summary>
/// The Jinja template that a model file brings, parsed and ready to turn a conversation into the model's prompt. It runs
/// with <c>trim_blocks</c> and <c>lstrip_blocks</c> on and with transformers' <c>tojson</c>, as in Hugging Face's
/// libraries. Immutable and safe for use by several threads.
/// </summary>
public sealed class ChatTemplate
{
    private readonly Block _body;

    private ChatTemplate(string source, Block body)
    {
        Source = source;
        _body = body;
    }

    /// <summary>The template as it was given.</summary>
    public string Source { get; }

    /// <summary>Reads a template of at most <see cref="TemplateLimits.SourceCharacters"/> (the default limits') characters.</summary>
    /// <exception cref="TemplateException">It is too long, nests too deep, is not Jinja, or names a filter, test or tag that is not known.</exception>
    public static ChatTemplate Parse(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        int limit = TemplateLimits.Default.SourceCharacters;
        if (source.Length > limit)
            throw new TemplateException($"expected at most {limit} characters, got {source.Length}", 1, 1);
        return new ChatTemplate(source, Parser.Parse(source));
    }

    /// <summary>Renders the prompt of a conversation.</summary>
    /// <exception cref="TemplateException">The template fails, refuses the conversation, or exceeds a limit.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, ChatTemplateOptions options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(options);
        var run = new TemplateRun(options.Limits, options.Clock);
        var globals = new Scope(null);
        Functions.AddTo(globals);
        globals.Set("bos_token", options.BosToken);
        globals.Set("eos_token", options.EosToken);
        globals.Set("add_generation_prompt", options.AddGenerationPrompt);
        if (options.Tools is { } tools)
            globals.Set("tools", JsonValues.From(run, tools));
        globals.Set("messages", new TemplateList([.. messages.Select(message => ValueOf(run, message))]));
        foreach ((string name, JsonElement value) in options.Variables ?? new Dictionary<string, JsonElement>())
            globals.Set(name, JsonValues.From(run, value));
        return new Evaluator(run).Render(_body, globals);
    }

    private static object ValueOf(TemplateRun run, ChatMessage message)
    {
        if (message.Fields is { } fields)
            return JsonValues.From(run, fields);
        var map = new TemplateMap();
        map.Set(run, "role", message.Role);
        map.Set(run, "content", (object?)message.Content ?? None.Value);
        SetIfGiven(run, map, "name", message.Name);
        SetIfGiven(run, map, "reasoning_content", message.Reasoning);
        SetIfGiven(run, map, "tool_call_id", message.ToolCallId);
        if (message.ToolCalls is { } calls)
            map.Set(run, "tool_calls", JsonValues.From(run, calls));
        return map;
    }

    private static void SetIfGiven(TemplateRun run, TemplateMap map, string name, string? value)
    {
        if (value is not null)
            map.Set(run, name, value);
    }
}
