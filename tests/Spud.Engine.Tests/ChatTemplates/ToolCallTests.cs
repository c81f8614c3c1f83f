using System.Text.Json;
using Spud.Text.ChatTemplates;
using Xunit;

namespace Spud.Tests.ChatTemplates;

/// <summary>Calls of functions in the forms that models write, as a stream of pieces.</summary>
public sealed class ToolCallTests
{
    private const string Hermes = "{% if tools %}<tool_call>\"name\"</tool_call>{% endif %}{{ messages[0].content }}";
    private const string Llama = """{% if tools %}{"name": function name, "parameters": dictionary of argument name and its value}{% endif %}{{ messages[0].content }}""";
    private const string Mistral = "{% if tools %}[TOOL_CALLS][{% endif %}{{ messages[0].content }}";
    private const string MistralNamed = "{% if tools %}[TOOL_CALLS][ARGS]{% endif %}{{ messages[0].content }}";
    private const string Harmony = "{% if tools %}<|channel|><|message|>{% endif %}{{ messages[0].content }}";
    private const string Coder = "{% if tools %}<tool_call><function=f><parameter=p></parameter></function></tool_call>{% endif %}{{ messages[0].content }}";
    private const string Pairs = "{% if tools %}<tool_call><arg_key></arg_key><arg_value></arg_value></tool_call>{% endif %}{{ messages[0].content }}";
    private const string Ignorant = "{{ messages[0].content }}";

    internal static readonly ToolSet Tools = ToolSet.FromJson(JsonDocument.Parse("""
        [
          {"type":"function","function":{"name":"weather","description":"The weather of a place.","parameters":{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":1,"maximum":7}},"required":["city"]}}},
          {"type":"function","function":{"name":"now"}}
        ]
        """).RootElement);

    // In the expectations: final text, and (name arguments) for each call.
    public static TheoryData<string, string, string> Answers =>
    [
        (Hermes, "Yes.\n<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\"}}\n</tool_call>", "Yes.\n(weather {\"city\": \"Rome\"})"),
        (Hermes, "<tool_call>{\"name\":\"now\",\"arguments\":{}}</tool_call>\n<tool_call>{\"name\":\"weather\",\"arguments\":{\"city\":\"}\\\"{\"}}</tool_call>", "(now {})(weather {\"city\":\"}\\\"{\"})"),
        (Hermes, "<tool_call>{\"arguments\": {\"city\": \"Rome\"}, \"name\": \"weather\"}</tool_call>", "(weather {\"city\": \"Rome\"})"),
        (Hermes, "<tool_call>{\"name\": \"now\"}</tool_call>", "(now {})"),
        (Hermes, "<tool_call>{\"name\": \"now\", \"arguments\": null}</tool_call>", "(now {})"),
        (Hermes, "<tool_call>{\"name\": \"weather\", \"arguments\": \"{\\\"city\\\": \\\"Rome\\\"}\"}</tool_call>", "(weather {\"city\": \"Rome\"})"),
        (Hermes, "<tool_call>[{\"name\": \"now\", \"arguments\": {}}, {\"name\": \"now\", \"arguments\": {\"a\": [1, {\"b\": 2}]}}]</tool_call>", "(now {})(now {\"a\": [1, {\"b\": 2}]})"),
        (Hermes, "<tool_call>{\"name\": \"weather\", \"arguments\": {\"city\": \"Ro", "(weather \"{\\u0022city\\u0022: \\u0022Ro\")"),
        (Hermes, "<tool_call>{\"name\": \"wea", "{\"name\": \"wea"),
        (Hermes, "<tool_call>not JSON</tool_call>", "not JSON"),
        (Hermes, "<tool_call>{\"name\": \"weather\", \"arguments\": 3}</tool_call>", "{\"name\": \"weather\", \"arguments\": 3}"),
        (Hermes, "a < b <tool", "a < b <tool"),
        (Ignorant, "<tool_call>{\"name\": \"now\", \"arguments\": {}}</tool_call>", "(now {})"),
        (Llama, "{\"name\": \"weather\", \"parameters\": {\"city\": \"Rome\"}}", "(weather {\"city\": \"Rome\"})"),
        (Llama, "<|python_tag|>{\"name\": \"now\", \"parameters\": {}}; {\"name\": \"weather\", \"parameters\": {\"city\": \"Rome\"}}", "(now {})(weather {\"city\": \"Rome\"})"),
        (Llama, "{\"name\": \"Ada\", \"parameters\": {\"born\": 1815}}", "{\"name\": \"Ada\", \"parameters\": {\"born\": 1815}}"),
        (Llama, "{\"x\": 1} is JSON", "{\"x\": 1} is JSON"),
        (Llama, "It is {\"name\": \"now\", \"parameters\": {}}", "It is {\"name\": \"now\", \"parameters\": {}}"),
        (Mistral, "[TOOL_CALLS] [{\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\"}}, {\"name\": \"now\", \"arguments\": {}, \"id\": \"abcdefghi\"}]", "(weather {\"city\": \"Rome\"})(now {})"),
        (Mistral, "Hello [TOOL", "Hello [TOOL"),
        (MistralNamed, "[TOOL_CALLS]weather[ARGS]{\"city\": \"Rome\"}[TOOL_CALLS]now[CALL_ID]abc[ARGS]{}", "(weather {\"city\": \"Rome\"})(now {})"),
        (MistralNamed, "[TOOL_CALLS]weather", "weather"),
        (Coder, "Yes.\n<tool_call>\n<function=weather>\n<parameter=city>\nRome\n</parameter>\n<parameter=days>\n3\n</parameter>\n</function>\n</tool_call>", "Yes.\n(weather {\"city\": \"Rome\", \"days\": 3})"),
        (Coder, "<tool_call>\n<function=weather>\n<parameter=city>\n\nA \"<b>\"\n< / \n\n</parameter>\n</function>\n</tool_call>", "(weather {\"city\": \"\\nA \\\"<b>\\\"\\n< / \\n\"})"),
        (Coder, "<tool_call><function=weather><parameter=city>5</parameter><parameter=other>{\"a\": [1, \"x\"]}</parameter><parameter=more>Rome, Oslo</parameter><parameter=flag>True</parameter></function></tool_call>", "(weather {\"city\": \"5\", \"other\": {\"a\": [1, \"x\"]}, \"more\": \"Rome, Oslo\", \"flag\": true})"),
        (Coder, "<tool_call>\n<function=now>\n</function>\n</tool_call>\n<tool_call>\n<function=weather>\n<parameter=city>\nOslo\n</parameter>\n</function>\n</tool_call>", "(now {})(weather {\"city\": \"Oslo\"})"),
        (Coder, "<tool_call><function=now></function><function=now></function></tool_call>", "(now {})(now {})"),
        (Coder, "<tool_call>\n<function=weather>\n<parameter=city>\nRo", "(weather \"{\\u0022city\\u0022: \\u0022Ro\")"),
        (Coder, "<tool_call>\n<function=weather>\n<parameter=days>\n1", "(weather \"{\\u0022days\\u0022: 1\")"),
        (Coder, "<tool_call>\n<function=wea", "<function=wea"),
        (Coder, "<tool_call>a < b</tool_call>", "a < b"),
        (Pairs, "Yes.<tool_call>weather\n<arg_key>city</arg_key>\n<arg_value>Rome</arg_value>\n<arg_key>days</arg_key>\n<arg_value>3</arg_value>\n</tool_call>", "Yes.(weather {\"city\": \"Rome\", \"days\": 3})"),
        (Pairs, "<tool_call>weather<arg_key>city</arg_key><arg_value> A\n\"B\"\n</arg_value></tool_call>\n<tool_call>now</tool_call>", "(weather {\"city\": \" A\\n\\\"B\\\"\\n\"})(now {})"),
        (Pairs, "<tool_call>weather\n<arg_key>city</arg_key>\n<arg_value>Ro", "(weather \"{\\u0022city\\u0022: \\u0022Ro\")"),
        (Pairs, "<tool_call>two words</tool_call>", "two words"),
        (Harmony, "<|channel|>analysis<|message|>Hm<|end|><|start|>assistant<|channel|>commentary to=functions.now <|constrain|>json<|message|>{}<|call|>", "(now {})"),
    ];

    [Theory]
    [MemberData(nameof(Answers))]
    public void Calls_are_found_however_the_text_is_split(string template, string answer, string expected)
    {
        foreach (int size in (int[])[1, 2, 3, 5, 8, 1000])
        {
            AnswerParser parser = AnswerParser.For(ChatTemplate.Parse(template), "", Tools);
            List<AnswerPiece> pieces = [];
            foreach (char[] chunk in answer.Chunk(size))
                pieces.AddRange(parser.Append(new(chunk)));
            pieces.AddRange(parser.Flush());

            Answer whole = parser.Answer;
            Assert.Equal(expected, whole.Final + string.Concat(whole.ToolCalls.Select(call => $"({call.Name} {call.Arguments.GetRawText()})")));
            Assert.Equal(whole.Final, string.Concat(pieces.Where(piece => piece.Part == AnswerPart.Final).Select(piece => piece.Text)));
            RequireStream(pieces, whole.ToolCalls);
        }
    }

    // Reported elsewhere: calls without an index, calls whose fragments cannot be put together, and name and arguments in one fragment.
    private static void RequireStream(List<AnswerPiece> pieces, IReadOnlyList<ToolCall> calls)
    {
        AnswerPiece[] ofCalls = [.. pieces.Where(piece => piece.Part == AnswerPart.ToolCall)];
        Assert.All(ofCalls, piece => Assert.NotNull(piece.Call));
        for (int i = 0; i < calls.Count; i++)
        {
            AnswerPiece[] own = [.. ofCalls.Where(piece => piece.Call!.Index == i)];
            Assert.True(own[0].Call!.IsStart && own[0].Text.Length == 0 && own[^1].Call!.IsEnd && own[^1].Text.Length == 0);
            Assert.All(own[1..^1], piece => Assert.True(piece.Text.Length > 0 && !piece.Call!.IsStart && !piece.Call.IsEnd));
            Assert.All(own, piece => Assert.Equal((calls[i].Id, calls[i].Name), (piece.Call!.Id, piece.Call.Name)));
            string text = string.Concat(own.Select(piece => piece.Text));
            Assert.Equal(calls[i].Arguments.ValueKind == JsonValueKind.Object ? calls[i].Arguments.GetRawText() : calls[i].Arguments.GetString(), text);
        }

        Assert.Equal(calls.Count, ofCalls.Select(piece => piece.Call!.Index).DefaultIfEmpty(-1).Max() + 1);
        Assert.Equal(calls.Count, calls.Select(call => call.Id).Distinct().Count());
    }

    [Fact]
    public void Arguments_come_while_they_are_written()
    {
        AnswerParser parser = AnswerParser.For(ChatTemplate.Parse(Hermes), "", Tools);
        Assert.Empty(parser.Append("<tool_call>{\"name\": \"weather\", \"arguments\": "));
        Assert.Equal(["", "{\"city\": \"R"], parser.Append("{\"city\": \"R").Select(piece => piece.Text));
        Assert.Equal("ome", Assert.Single(parser.Append("ome")).Text);
    }

    [Theory]
    [InlineData(Coder, "<tool_call><function=weather>\n<parameter=city>\n", "\n</parameter>")]
    [InlineData(Pairs, "<tool_call>weather\n<arg_key>city</arg_key><arg_value>", "</arg_value>")]
    public void A_text_in_tags_comes_while_it_is_written_and_other_values_when_they_are_complete(string template, string before, string after)
    {
        AnswerParser parser = AnswerParser.For(ChatTemplate.Parse(template), "", Tools);
        Assert.Equal(["", "{\"city\": \""], parser.Append(before).Select(static piece => piece.Text));
        Assert.Equal("Ro\\nm", Assert.Single(parser.Append("Ro\nm")).Text);
        Assert.Equal("e\"", Assert.Single(parser.Append("e" + after)).Text);
        string days = before.Replace("city", "days", StringComparison.Ordinal)[before.IndexOf('\n', StringComparison.Ordinal)..];
        Assert.Equal(", \"days\": ", Assert.Single(parser.Append(days)).Text);
        Assert.Empty(parser.Append("3"));
        Assert.Equal("3", Assert.Single(parser.Append(after)).Text);
    }

    // Calls of these formats are not constrained while the model may choose, so the parser counts.
    [Theory]
    [InlineData(Llama, "{\"name\": \"now\", \"parameters\": {}}; {\"name\": \"weather\", \"parameters\": {\"city\": \"Rome\"}}")]
    [InlineData(Harmony, "<|channel|>commentary to=functions.now <|message|>{}<|call|><|start|>assistant<|channel|>commentary to=functions.weather <|message|>{}<|call|>")]
    [InlineData(Hermes, "<tool_call>{\"name\": \"now\", \"arguments\": {}}</tool_call><tool_call>{\"name\": \"weather\", \"arguments\": {}}</tool_call>")]
    public void Where_one_call_is_allowed_there_is_one(string template, string answer)
    {
        AnswerParser parser = AnswerParser.For(ChatTemplate.Parse(template), "", Tools, isParallel: false);
        List<AnswerPiece> pieces = [.. parser.Append(answer), .. parser.Flush()];
        Assert.Equal("now", Assert.Single(parser.Answer.ToolCalls).Name);
        RequireStream(pieces, parser.Answer.ToolCalls);
        Assert.Equal("", parser.Answer.Final);
    }

    [Fact]
    public void Calls_without_end_are_cut()
    {
        AnswerParser parser = AnswerParser.For(ChatTemplate.Parse(Llama), "", Tools);
        List<AnswerPiece> pieces = [.. parser.Append(string.Join("; ", Enumerable.Repeat("{\"name\": \"now\", \"parameters\": {}}", CallText.MaxCalls + 5))), .. parser.Flush()];
        Assert.Equal(CallText.MaxCalls, parser.Answer.ToolCalls.Count);
        RequireStream(pieces, parser.Answer.ToolCalls);
    }

    [Fact]
    public void Ids_are_what_every_template_accepts()
    {
        AnswerParser parser = AnswerParser.For(ChatTemplate.Parse(Hermes), "", Tools);
        parser.Append("<tool_call>{\"name\": \"now\", \"arguments\": {}}</tool_call>");
        parser.Flush();
        Assert.Matches("^[A-Za-z0-9]{9}$", Assert.Single(parser.Answer.ToolCalls).Id);
    }

    [Theory]
    [InlineData("{}", "tools: expected an array, got an object")]
    [InlineData("[3]", "tools[0]: expected an object, got a number")]
    [InlineData("""[{"type":"function","function":"f"}]""", "tools[0].function: expected an object, got a string")]
    [InlineData("""[{"type":"function","function":{}}]""", "tools[0].function.name: expected a string")]
    [InlineData("""[{"type":"function","function":{"name":"a b"}}]""", "tools[0].function.name: expected 1 to 64 letters, digits, '_', '-' or '.', got 'a b'")]
    [InlineData("""[{"type":"function","function":{"name":"f","parameters":"{}"}}]""", "tools[0].function.parameters: expected a JSON schema (an object), got a string")]
    [InlineData("""[{"function":{"name":"f"}},{"function":{"name":"f"}}]""", "tools[1].function.name: 'f' is given twice")]
    public void Tools_that_are_wrong_are_refused_with_their_field(string tools, string message) =>
        Assert.Equal(message, Assert.Throws<ToolException>(() => ToolSet.FromJson(JsonDocument.Parse(tools).RootElement)).Message);

    [Fact]
    public void Tools_of_other_types_are_skipped() =>
        Assert.Equal("f", Assert.Single(ToolSet.FromJson(JsonDocument.Parse("""[{"type":"web_search"},{"type":"function","name":"f"}]""").RootElement).Functions).Name);

    [Theory]
    [InlineData("\"auto\"", true, false, null)]
    [InlineData("null", true, false, null)]
    [InlineData("\"none\"", false, false, null)]
    [InlineData("\"required\"", true, true, null)]
    [InlineData("""{"type":"function","function":{"name":"now"}}""", true, true, "now")]
    [InlineData("""{"type":"function","name":"now"}""", true, true, "now")]
    public void A_choice_is_read(string json, bool mayCall, bool mustCall, string? name)
    {
        ToolChoice choice = ToolChoice.FromJson(JsonDocument.Parse(json).RootElement, Tools);
        Assert.Equal((mayCall, mustCall, name), (choice.MayCall, choice.MustCall, choice.Name));
    }

    [Theory]
    [InlineData("\"always\"", "tool_choice: expected")]
    [InlineData("{}", "tool_choice: expected")]
    [InlineData("""{"type":"function","function":{"name":"g"}}""", "tool_choice: there is no function 'g' in tools")]
    public void A_choice_that_is_wrong_is_refused(string json, string message) =>
        Assert.StartsWith(message, Assert.Throws<ToolException>(() => ToolChoice.FromJson(JsonDocument.Parse(json).RootElement, Tools)).Message);

    [Fact]
    public void A_template_that_knows_no_tools_gets_them_in_the_system_message_and_results_as_text_of_the_user()
    {
        ChatTemplate template = ChatTemplate.Parse("{% for m in messages %}[{{ m.role }}]{{ m.content }}\n{% endfor %}");
        ChatMessage call = new("assistant", null) { ToolCalls = JsonDocument.Parse("""[{"function":{"name":"now","arguments":{}}}]""").RootElement };
        ChatMessage[] messages = [new("system", "Be brief."), new("user", "When?"), call, new("tool", "<noon>"), new("user", "And?")];
        RenderedPrompt prompt = ConversationPrompt.Render(template, messages, new(), Tools);
        Assert.StartsWith("[system]Be brief.\n\nYou can call functions.", prompt.Text);
        Assert.Contains("""{"name":"weather","description":"The weather of a place.","parameters":{"type":"object",""", prompt.Text);
        Assert.EndsWith("[user]When?\n[assistant]<tool_call>\n{\"name\":\"now\",\"arguments\":{}}\n</tool_call>\n[user]<tool_response>\n<noon>\n</tool_response>\n[user]And?\n", prompt.Text);
        Assert.Contains(prompt.Foreign, range => prompt.Text[range].Contains("<noon>"));
    }

    [Fact]
    public void A_template_that_knows_tools_gets_them_as_variable()
    {
        ChatTemplate template = ChatTemplate.Parse("{{ tools | tojson }}<tool_call>\"name\"</tool_call>{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}");
        RenderedPrompt prompt = ConversationPrompt.Render(template, [new("user", "When?")], new(), Tools);
        Assert.StartsWith("""[{"type": "function", "function": {"name": "weather",""", prompt.Text);
        Assert.EndsWith("<tool_call>\"name\"</tool_call>[user]When?", prompt.Text);
    }

    // gpt-oss's, Qwen's QwQ's and Devstral's templates fail on a content of none.
    [Fact]
    public void A_message_that_only_calls_has_an_empty_text_where_the_template_needs_one()
    {
        ChatTemplate template = ChatTemplate.Parse("<tool_call>\"name\"{{ tools }}{% for m in messages %}[{{ m.content.split('x')[0] }}]{% endfor %}");
        ChatMessage call = new("assistant", null) { ToolCalls = JsonDocument.Parse("""[{"function":{"name":"now","arguments":{}}}]""").RootElement };
        Assert.EndsWith("[Hi][]", ConversationPrompt.Render(template, [new("user", "Hi"), call], new(), Tools).Text);
    }

    // What tools are called and what they say is not the template's: control tokens in it are plain text.
    [Fact]
    public void Descriptions_arguments_and_results_of_tools_are_foreign()
    {
        const string Template = "{% for t in tools %}{{ t | tojson }}{% endfor %}<tool_call>\"name\"{% for m in messages %}{% for c in m.tool_calls %}{{ c.function.arguments | tojson }}{% endfor %}{{ m.content }}{% endfor %}";
        ToolSet tools = ToolSet.FromJson(JsonDocument.Parse("""[{"function":{"name":"f","description":"<|evil1|>","parameters":{"type":"object","properties":{"<|evil2|>":{}}}}}]""").RootElement);
        ChatMessage call = new("assistant", null) { ToolCalls = JsonDocument.Parse("""[{"function":{"name":"f","arguments":{"x":"<|evil3|>"}}}]""").RootElement };
        RenderedPrompt prompt = ConversationPrompt.Render(ChatTemplate.Parse(Template), [call, new("tool", "<|evil4|>")], new(), tools);
        for (int i = 1; i <= 4; i++)
        {
            int at = prompt.Text.IndexOf($"<|evil{i}|>", StringComparison.Ordinal);
            Assert.True(at >= 0 && prompt.Foreign.Any(range => range.Start.Value <= at && at + 9 <= range.End.Value), $"{i}");
        }
    }
}
