namespace Spud.Text.ChatTemplates;

/// <summary>How a model writes calls of functions.</summary>
internal enum ToolFormat
{
    /// <summary><c>&lt;tool_call&gt;{"name": …, "arguments": {…}}&lt;/tool_call&gt;</c>: Hermes, Qwen, SmolLM3, Granite 4.</summary>
    Tags,

    /// <summary>The same, but explained in the system message, since the template does not know tools or knows them in a form that Spud does not.</summary>
    ExplainedTags,

    /// <summary><c>&lt;tool_call&gt;&lt;function=name&gt;&lt;parameter=key&gt;value&lt;/parameter&gt;&lt;/function&gt;&lt;/tool_call&gt;</c>: Qwen3-Coder, Qwen 3.5.</summary>
    ParameterTags,

    /// <summary><c>&lt;tool_call&gt;name&lt;arg_key&gt;key&lt;/arg_key&gt;&lt;arg_value&gt;value&lt;/arg_value&gt;&lt;/tool_call&gt;</c>: GLM 4.5 and later.</summary>
    PairTags,

    /// <summary>The whole answer is <c>{"name": …, "parameters": {…}}</c>: Llama 3.</summary>
    BareJson,

    /// <summary><c>[TOOL_CALLS][{"name": …, "arguments": {…}}, …]</c>: Mistral.</summary>
    MistralList,

    /// <summary><c>[TOOL_CALLS]name[ARGS]{…}</c>: later models of Mistral.</summary>
    MistralNamed,

    /// <summary>A message to <c>functions.name</c>: gpt-oss.</summary>
    Harmony,
}

/// <summary>Finds the format in the text of a template.</summary>
internal static class ToolFormats
{
    public const string Opening = "<tool_call>";
    public const string Closing = "</tool_call>";
    public const string MistralCalls = "[TOOL_CALLS]";
    public const string MistralArguments = "[ARGS]";
    public const string PythonTag = "<|python_tag|>";

    private const string BareJson = "\"parameters\": dictionary of argument name and its value";

    // Forms that put something other than JSON between the tags.
    private static readonly string[] s_notJson = ["<function=", "<arg_key>", "<parameter"];

    /// <summary>The format of a template.</summary>
    public static ToolFormat Of(ChatTemplate template)
    {
        string source = template.Source;
        if (HarmonyParser.IsHarmony(source))
            return ToolFormat.Harmony;
        if (Has(MistralCalls))
            return Has(MistralArguments) ? ToolFormat.MistralNamed : ToolFormat.MistralList;
        if (Has(BareJson) && !Has(Opening))
            return ToolFormat.BareJson;
        if (!Has(Opening) || !Has("tools"))
            return ToolFormat.ExplainedTags;
        if (HasAll(MarkupForm.Parameters))
            return ToolFormat.ParameterTags;
        if (HasAll(MarkupForm.Pairs))
            return ToolFormat.PairTags;

        bool isJson = (Has("\"name\"") || Has("\\\"name\\\"")) && !s_notJson.Any(Has);
        return isJson ? ToolFormat.Tags : ToolFormat.ExplainedTags;

        bool HasAll(MarkupForm form) => Has(form.BeforeName) && Has(form.BeforeKey) && Has(form.AfterValue) && Has(form.End);

        bool Has(string text) => source.Contains(text, StringComparison.Ordinal);
    }

    /// <summary>The key of the arguments.</summary>
    public static string ArgumentsKey(ToolFormat format) => format == ToolFormat.BareJson ? "parameters" : "arguments";
}
