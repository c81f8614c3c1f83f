using System.Text.Json;
using Spud.Server.Http;
using Spud.Text.ChatTemplates;
using Spud.Text.Grammars;

namespace Spud.Server.Generation;

/// <summary>
/// What an answer must be: text, JSON of a schema, or calls of functions. The fields are those of a chat; other endpoints name them otherwise.
/// </summary>
internal sealed class AnswerFields
{
    private readonly ToolChoice _choice = ToolChoice.Auto;
    private readonly JsonElement? _schema;
    private readonly bool _isJson;
    private readonly string? _grammar;
    private readonly string _formatField;

    /// <summary>Reads them.</summary>
    /// <param name="fields">The request.</param>
    /// <param name="format">The format of the text; null if it is not given.</param>
    /// <exception cref="ApiException">A field is wrong.</exception>
    public AnswerFields(in Fields fields, Fields? format)
    {
        _formatField = format?.Path ?? "response_format";
        (_isJson, _schema) = Format(format);
        _grammar = fields.Text("grammar");
        if (_grammar is not null && _isJson)
            throw ApiException.Invalid("grammar", $"an answer has a grammar or a format; give either 'grammar' or '{_formatField}'.", "invalid_value");

        try
        {
            if (fields.Any("tools") is { } tools && ToolSet.FromJson(tools) is { Functions.Count: > 0 } set)
                Tools = set;

            _choice = ToolChoice.FromJson(fields.Any("tool_choice") ?? default, Tools ?? ToolSet.FromJson(JsonDocument.Parse("[]").RootElement));
        }
        catch (ToolException fault)
        {
            throw ApiException.Invalid(fault.Field, $"{fault.Problem}.", "invalid_value");
        }

        IsParallel = fields.Flag("parallel_tool_calls") ?? true;
        if (!_choice.MayCall)
            Tools = null;
        if (Tools is not null && _choice.MustCall && (_isJson || _grammar is not null))
            throw ApiException.Invalid("tool_choice", "an answer that must call a function has no format.", "invalid_value");
    }

    /// <summary>The functions that the model may call; null for none.</summary>
    public ToolSet? Tools { get; }

    /// <summary>Whether the model may call several in one answer.</summary>
    public bool IsParallel { get; } = true;

    /// <summary>The constraint of the answer; null if it is free.</summary>
    /// <exception cref="ApiException">A schema or grammar cannot be honoured.</exception>
    public TokenConstraint? Constraint(LanguageModel model, RenderedPrompt? prompt)
    {
        string field = _formatField;
        try
        {
            if (_grammar is not null)
            {
                field = "grammar";
                return model.ConstrainToGrammar(_grammar, prompt);
            }

            if (_isJson)
                return _schema is { } schema ? model.ConstrainToSchema(schema, prompt) : model.ConstrainToJsonObject(prompt);

            field = "tools";
            return Tools is null || prompt is null ? null : model.ConstrainToCalls(Tools, _choice, IsParallel, prompt);
        }
        catch (GrammarException fault)
        {
            throw ApiException.Invalid(field, $"it cannot be honoured: {fault.Message}", "unsupported_schema");
        }
    }

    private static (bool IsJson, JsonElement? Schema) Format(Fields? given)
    {
        if (given is not { } format)
            return (false, null);

        switch (format.RequiredText("type"))
        {
            case "text":
                return (false, null);
            case "json_object":
                // llama.cpp's form has the schema beside the type.
                return (true, format.Any("schema")?.Clone());
            case "json_schema":
                Fields holder = format.Object("json_schema") ?? format;
                return (true, (holder.Any("schema") ?? throw holder.Missing("schema", "a JSON schema")).Clone());
            default:
                throw ApiException.Invalid(format.PathOf("type"), $"expected 'text', 'json_object' or 'json_schema', got '{format.Text("type")}'.", "invalid_value");
        }
    }
}
