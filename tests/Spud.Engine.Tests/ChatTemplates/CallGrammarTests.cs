using System.Text.Json;
using Spud.Tests.Grammars;
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

    private const string Coder = "{% if tools %}<tool_call><function=f><parameter=p></parameter></function></tool_call>{% endif %}";
    private const string Pairs = "{% if tools %}<tool_call><arg_key></arg_key><arg_value></arg_value></tool_call>{% endif %}";
    private const string Now = "<tool_call>{\"name\":\"now\",\"arguments\":{}}</tool_call>";

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
        (Coder, "required", false, "<tool_call>\n<function=weather>\n<parameter=city>\nA <b>\n</p>\n</parameter>\n<parameter=days>\n3\n</parameter>\n</function>\n</tool_call>", true),
        (Coder, "required", false, "<tool_call><function=now></function></tool_call>", true),
        (Coder, "required", false, "<tool_call><function=weather><parameter=city>Rome</parameter></function></tool_call>", true),
        (Coder, "required", false, "<tool_call><function=weather><parameter=days>3</parameter></function></tool_call>", false),
        (Coder, "required", false, "<tool_call><function=weather><parameter=city>Rome</parameter><parameter=days>8</parameter></function></tool_call>", false),
        (Coder, "required", false, "<tool_call><function=weather><parameter=city>Rome</parameter><parameter=other>8</parameter></function></tool_call>", false),
        (Coder, "required", false, "<tool_call><function=then></function></tool_call>", false),
        (Coder, "required", true, "<tool_call><function=now></function></tool_call>\n<tool_call><function=now></function></tool_call>", true),
        (Coder, "required", false, "<tool_call><function=now></function></tool_call>\n<tool_call><function=now></function></tool_call>", false),
        (Coder, "now", false, "<tool_call><function=weather><parameter=city>Rome</parameter></function></tool_call>", false),
        (Coder, "auto", true, "A <function= <tool_call><function=now>\n</function></tool_call> B", true),
        (Coder, "auto", true, "A <tool_call><function=other>", false),
        (Pairs, "required", false, "<tool_call>weather\n<arg_key>city</arg_key>\n<arg_value>A \"b\" <c></arg_value>\n<arg_key>days</arg_key>\n<arg_value>3</arg_value>\n</tool_call>", true),
        (Pairs, "required", false, "<tool_call>weather<arg_key>city</arg_key><arg_value>Rome</arg_value></tool_call>", true),
        (Pairs, "required", false, "<tool_call>weather<arg_key>days</arg_key><arg_value>3</arg_value></tool_call>", false),
        (Pairs, "required", false, "<tool_call>now\n</tool_call>", true),
        (Pairs, "required", false, "<tool_call>nowhere\n</tool_call>", false),
        (Pairs, "auto", true, "Hello <tool_call>now</tool_call>", true),
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

    [Theory]
    [InlineData(Hermes, "required", Now, "")]
    [InlineData(Hermes, "auto", Now, "")]
    [InlineData(Hermes, "auto", "So " + Now, " it is <tool_call")]
    [InlineData(Mistral, "required", "{\"name\": \"now\", \"arguments\": {}}", "]")]
    [InlineData(Mistral, "auto", "{\"name\": \"now\", \"arguments\": {}}", "]")]
    [InlineData(MistralNamed, "required", "[TOOL_CALLS]now[ARGS]{}", "")]
    [InlineData(Coder, "auto", "<tool_call><function=now></function></tool_call>", "")]
    public void The_number_of_calls_is_limited(string template, string choice, string call, string end)
    {
        bool isList = template == Mistral;
        Grammar grammar = AnswerGrammar.OfCalls(ToolCallTests.Tools, Choice(choice), true, ChatTemplate.Parse(template), "")!;
        Assert.True(grammar.Matches(Of(CallText.MaxCalls)));
        Assert.False(grammar.Matches(Of(CallText.MaxCalls + 1)));
        Assert.False(AnswerGrammar.OfCalls(ToolCallTests.Tools, Choice(choice), false, ChatTemplate.Parse(template), "")!.Matches(Of(2)));

        string Of(int calls) => (isList ? "[TOOL_CALLS][" : "") + string.Join(isList ? ", " : "", Enumerable.Repeat(call, calls)) + end;
    }

    // What the model is made to write is what the parser reads: texts without quotes, whatever is in them, and JSON for the rest.
    [Theory]
    [InlineData(Coder)]
    [InlineData(Pairs)]
    public void Random_calls_in_tags_have_arguments_that_the_schema_accepts(string template)
    {
        const string Schema = """{"type":"object","properties":{"text":{"type":"string"},"unit":{"enum":["C","F"]},"list":{"type":"array","items":{"$ref":"#/$defs/n"}},"flag":{"type":"boolean"},"any":{"type":["integer","null"]}},"required":["text","unit","list"],"additionalProperties":false,"$defs":{"n":{"type":"integer"}}}""";
        ToolSet tools = ToolSet.FromJson(JsonDocument.Parse("""[{"function":{"name":"f","strict":true,"parameters":SCHEMA}}]""".Replace("SCHEMA", Schema, StringComparison.Ordinal)).RootElement);
        Grammar grammar = AnswerGrammar.OfCalls(tools, ToolChoice.Required, false, ChatTemplate.Parse(template), "")!;
        SchemaValidator validator = new(JsonDocument.Parse(Schema).RootElement);
        for (int seed = 0; seed < 200; seed++)
        {
            string text = RandomText.Of(grammar, new Random(seed));
            AnswerParser parser = AnswerParser.For(ChatTemplate.Parse(template), "", tools);
            parser.Append(text);
            parser.Flush();
            ToolCall call = Assert.Single(parser.Answer.ToolCalls);
            Assert.True(validator.IsValid(call.Arguments), $"seed {seed}: {text} became {call.Arguments.GetRawText()}");
        }
    }

    [Fact]
    public void A_strict_function_in_tags_is_refused_with_all_that_cannot_be_held_to()
    {
        const string Tools = """[{"function":{"name":"f","strict":true,"parameters":{"type":"object","properties":{"a":{"type":"string","maxLength":3},"b":{"type":"string","enum":["</parameter>"]},"c":{"not":{}}}}}},{"function":{"name":"g","strict":true,"parameters":{"anyOf":[{"type":"object"}]}}}]""";
        JsonSchemaException refused = Assert.Throws<JsonSchemaException>(() => AnswerGrammar.OfCalls(ToolSet.FromJson(JsonDocument.Parse(Tools).RootElement), ToolChoice.Required, false, ChatTemplate.Parse(Coder), ""));
        Assert.Equal(["tools[0].function.parameters/properties/c/not", "tools[0].function.parameters/properties/a/maxLength", "tools[0].function.parameters/properties/b/enum", "tools[1].function.parameters"], refused.Faults.Select(static fault => fault.Pointer));
        Grammar free = AnswerGrammar.OfCalls(ToolSet.FromJson(JsonDocument.Parse(Tools.Replace("true", "false", StringComparison.Ordinal)).RootElement), ToolChoice.Required, false, ChatTemplate.Parse(Coder), "")!;
        Assert.True(free.Matches("<tool_call><function=f><parameter=a>long enough</parameter><parameter=c>{}</parameter></function></tool_call>"));
        Assert.True(free.Matches("<tool_call><function=g><parameter=x>1</parameter></function></tool_call>"));
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
