using System.Text.Json;
using Spud.Text.ChatTemplates;
using Spud.Text.Grammars;
using Spud.Text.Grammars.Schemas;
using Xunit;

namespace Spud.Tests.ChatTemplates;

/// <summary>Answers that may or must call functions.</summary>
public sealed class CallGrammarTests
{
    private const string Hermes = "{% if tools %}<tool_call>\"name\"</tool_call>{% endif %}";
    private const string Thinking = "{% if tools %}<think></think><tool_call>\"name\"</tool_call>{% endif %}";
    private const string Llama = """{% if tools %}{"name": function name, "parameters": dictionary of argument name and its value}{% endif %}""";
    private const string Mistral = "{% if tools %}[TOOL_CALLS][{% endif %}";
    private const string MistralNamed = "{% if tools %}[TOOL_CALLS][ARGS]{% endif %}";
    private const string Harmony = "{% if tools %}<|channel|><|message|>{% endif %}";

    public static TheoryData<string, string, bool, string, bool> Cases =>
    [
        (Hermes, "required", false, "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\", \"days\": 3}}\n</tool_call>", true),
        (Hermes, "required", false, "<tool_call>{\"name\":\"now\",\"arguments\":{}}</tool_call>", true),
        (Hermes, "required", false, "<tool_call>{\"name\":\"now\",\"arguments\":{\"x\":1}}</tool_call>", false),
        (Hermes, "required", false, "<tool_call>{\"name\":\"weather\",\"arguments\":{\"city\":\"Rome\",\"days\":8}}</tool_call>", false),
        (Hermes, "required", false, "<tool_call>{\"name\":\"weather\",\"arguments\":{}}</tool_call>", false),
        (Hermes, "required", false, "Hello", false),
        (Hermes, "required", false, "<tool_call>{\"name\":\"now\",\"arguments\":{}}</tool_call><tool_call>{\"name\":\"now\",\"arguments\":{}}</tool_call>", false),
        (Hermes, "required", true, "<tool_call>{\"name\":\"now\",\"arguments\":{}}</tool_call>\n<tool_call>{\"name\":\"now\",\"arguments\":{}}</tool_call>", true),
        (Hermes, "now", false, "<tool_call>{\"name\":\"now\",\"arguments\":{}}</tool_call>", true),
        (Hermes, "now", false, "<tool_call>{\"name\":\"weather\",\"arguments\":{\"city\":\"Rome\"}}</tool_call>", false),
        (Hermes, "auto", false, "Hello <tool_ca <tool_call", true),
        (Hermes, "auto", false, "<<tool_call>{\"name\":\"now\",\"arguments\":{}}</tool_call>", true),
        (Hermes, "auto", false, "Hello <tool_call>{\"name\":\"then\"", false),
        (Hermes, "auto", true, "A<tool_call>{\"name\":\"now\",\"arguments\":{}}</tool_call>B<tool_call>{\"name\":\"now\",\"arguments\":{}}</tool_call>C", true),
        (Hermes, "auto", false, "A<tool_call>{\"name\":\"now\",\"arguments\":{}}</tool_call>B", false),
        (Thinking, "required", false, "<think>\nHm <tool_call>?</think>\n\n<tool_call>{\"name\":\"now\",\"arguments\":{}}</tool_call>", true),
        (Thinking, "required", false, "<think>\nHm", false),
        (Llama, "required", false, "{\"name\": \"now\", \"parameters\": {}}", true),
        (Llama, "required", false, "{\"name\": \"now\", \"arguments\": {}}", false),
        (Mistral, "required", true, "[TOOL_CALLS] [{\"name\": \"now\", \"arguments\": {}}, {\"name\": \"now\", \"arguments\": {}}]", true),
        (Mistral, "required", false, "[TOOL_CALLS] [{\"name\": \"now\", \"arguments\": {}}, {\"name\": \"now\", \"arguments\": {}}]", false),
        (Mistral, "auto", true, "Hello", true),
        (MistralNamed, "required", true, "[TOOL_CALLS]now[ARGS]{}[TOOL_CALLS]weather[ARGS]{\"city\": \"Rome\"}", true),
        (Harmony, "required", false, "<|channel|>analysis<|message|>Hm<|end|><|start|>assistant<|channel|>commentary to=functions.now <|constrain|>json<|message|>{}", true),
        (Harmony, "required", false, "<|channel|>final<|message|>Hello", false),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_answer_is_allowed_if_its_calls_are(string template, string choice, bool isParallel, string answer, bool isAllowed)
    {
        Grammar grammar = AnswerGrammar.OfCalls(ToolCallTests.Tools, Choice(choice), isParallel, ChatTemplate.Parse(template), "")!;
        Assert.Equal(isAllowed, grammar.Matches(answer));
        if (isAllowed && choice != "auto")
            Assert.NotEmpty(Parsed(template, answer).ToolCalls);
    }

    [Fact]
    public void Reasoning_that_the_prompt_opens_comes_first()
    {
        Grammar grammar = AnswerGrammar.Of(Grammar.JsonObject, ChatTemplate.Parse(Thinking), "<|assistant|><think>\n");
        Assert.True(grammar.Matches("Hm {</think>\n{\"a\": 1}"));
        Assert.False(grammar.Matches("{\"a\": 1}"));
        Assert.True(AnswerGrammar.Of(Grammar.JsonObject, ChatTemplate.Parse(Thinking), "").Matches("{\"a\": 1}"));
        Assert.Same(Grammar.JsonObject, AnswerGrammar.Of(Grammar.JsonObject, null, ""));
    }

    [Fact]
    public void Nothing_is_restricted_where_nothing_can_be()
    {
        Assert.Null(AnswerGrammar.OfCalls(ToolCallTests.Tools, ToolChoice.None, true, ChatTemplate.Parse(Hermes), ""));
        Assert.Null(AnswerGrammar.OfCalls(ToolCallTests.Tools, ToolChoice.Auto, true, ChatTemplate.Parse(Llama), ""));
        Assert.Null(AnswerGrammar.OfCalls(ToolSet.FromJson(JsonDocument.Parse("[]").RootElement), ToolChoice.Auto, true, ChatTemplate.Parse(Hermes), ""));
    }

    [Fact]
    public void Only_a_strict_function_needs_a_schema_that_can_be_honoured()
    {
        ToolSet Tools(string strict) => ToolSet.FromJson(JsonDocument.Parse("""[{"function":{"name":"f",STRICT"parameters":{"type":"object","properties":{"x":{"not":{}}}}}}]""".Replace("STRICT", strict)).RootElement);
        ChatTemplate template = ChatTemplate.Parse(Hermes);
        Grammar grammar = AnswerGrammar.OfCalls(Tools(""), ToolChoice.Required, false, template, "")!;
        Assert.True(grammar.Matches("<tool_call>{\"name\":\"f\",\"arguments\":{\"any\":[]}}</tool_call>"));
        Assert.False(grammar.Matches("<tool_call>{\"name\":\"f\",\"arguments\":[]}</tool_call>"));
        JsonSchemaException refused = Assert.Throws<JsonSchemaException>(() => AnswerGrammar.OfCalls(Tools("\"strict\":true,"), ToolChoice.Required, false, template, ""));
        Assert.Equal("tools[0].function.parameters/properties/x/not: negation is not supported", refused.Message);
    }

    private static ToolChoice Choice(string text) => text switch
    {
        "auto" => ToolChoice.Auto,
        "required" => ToolChoice.Required,
        _ => ToolChoice.Function(text),
    };

    private static Answer Parsed(string template, string answer)
    {
        AnswerParser parser = AnswerParser.For(ChatTemplate.Parse(template), "", ToolCallTests.Tools);
        parser.Append(answer);
        parser.Flush();
        return parser.Answer;
    }
}
