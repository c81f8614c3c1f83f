using System.Text.Json;
using static Spud.Server.Tests.SharedServer;

namespace Spud.Server.Tests.Faults;

/// <summary>Faults of tool calls and structured output that users of other servers reported; a comment names the report.</summary>
public sealed class ToolFaultTests(SharedServer shared)
{
    private const string Tools = """
        "tools": [{ "type": "function", "function": { "name": "go", "parameters": { "type": "object", "properties": { "to": { "enum": ["N", "S"] } }, "required": ["to"], "additionalProperties": false } } }],
        """;

    private TestServer Server => shared.Server;

    private static string Called(string more = "") => $$"""{ {{Tools}} {{more}} "tool_choice": "required", "temperature": 0, "messages": [{ "role": "user", "content": "Go." }] }""";

    // ollama#7881: fragments without index. lmstudio-bug-tracker#649: calls that cannot be put together.
    // llama.cpp#22725: the name and the first bytes of the arguments came in one chunk.
    [Fact]
    public async Task A_streamed_call_has_an_index_throughout_and_its_name_comes_alone()
    {
        JsonElement[] chunks = await Server.ChunksAsync(ChatPath, Called("\"stream\": true, \"parallel_tool_calls\": false,"));
        JsonElement[] calls = [.. chunks.Select(static chunk => chunk.GetProperty("choices")[0].GetProperty("delta")).Where(static delta => delta.TryGetProperty("tool_calls", out _)).Select(static delta => Assert.Single(delta.GetProperty("tool_calls").EnumerateArray()))];
        Assert.All(calls, static call => Assert.Equal(0, call.GetProperty("index").GetInt32()));
        Assert.Equal(("go", "", "function"), (calls[0].GetProperty("function").GetProperty("name").GetString(), calls[0].GetProperty("function").GetProperty("arguments").GetString(), calls[0].GetProperty("type").GetString()));
        Assert.NotEmpty(calls[0].GetProperty("id").GetString()!);
        Assert.All(calls[1..], static call => Assert.False(call.TryGetProperty("id", out _) || call.GetProperty("function").TryGetProperty("name", out _)));
        string arguments = string.Concat(calls.Select(static call => call.GetProperty("function").GetProperty("arguments").GetString()));
        Assert.Contains(JsonDocument.Parse(arguments).RootElement.GetProperty("to").GetString(), (string[])["N", "S"]);
        Assert.Equal("tool_calls", chunks[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    // openai-dotnet#433: an object where the arguments belong as a string.
    [Fact]
    public async Task The_arguments_of_a_call_are_a_string_and_the_content_is_null()
    {
        JsonElement choice = (await Server.AnswerAsync(ChatPath, Called("\"parallel_tool_calls\": false,"))).GetProperty("choices")[0], message = choice.GetProperty("message");
        Assert.Equal(JsonValueKind.Null, message.GetProperty("content").ValueKind);
        JsonElement function = Assert.Single(message.GetProperty("tool_calls").EnumerateArray()).GetProperty("function");
        Assert.Equal(JsonValueKind.String, function.GetProperty("arguments").ValueKind);
        Assert.Equal("tool_calls", choice.GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task A_response_calls_with_events_of_its_own_and_the_calls_id_is_not_the_items()
    {
        string[] lines = await Server.LinesAsync("/v1/responses", $$"""{ "stream": true, {{Tools}} "tool_choice": { "type": "function", "name": "go" }, "parallel_tool_calls": false, "temperature": 0, "input": "Go." }""");
        (string Name, JsonElement Data)[] events = [.. lines.Chunk(2).Select(static pair => (pair[0]["event: ".Length..], JsonDocument.Parse(pair[1]["data: ".Length..]).RootElement))];
        Assert.Equal(
            ["response.created", "response.in_progress", "response.output_item.added", "response.function_call_arguments.delta", "response.function_call_arguments.done", "response.output_item.done", "response.completed"],
            events.Select(static sent => sent.Name).Distinct());
        JsonElement item = events[^2].Data.GetProperty("item");
        Assert.Equal("function_call", item.GetProperty("type").GetString());
        Assert.NotEqual(item.GetProperty("id").GetString(), item.GetProperty("call_id").GetString());
        Assert.Equal(item.GetProperty("arguments").GetString(), string.Concat(events.Where(static sent => sent.Name.EndsWith("arguments.delta", StringComparison.Ordinal)).Select(static sent => sent.Data.GetProperty("delta").GetString())));
        Assert.Equal(Enumerable.Range(0, events.Length), events.Select(static sent => sent.Data.GetProperty("sequence_number").GetInt32()));
    }

    // Tools that are not functions are the server's of others; clients send them all the same.
    [Fact]
    public async Task Tools_of_unknown_types_are_skipped() =>
        await Server.AnswerAsync("/v1/responses", """{ "tools": [{ "type": "web_search" }], "max_output_tokens": 1, "input": "Hi" }""");

    // llama.cpp#24097, #28697: the schema was ignored.
    [Theory]
    [InlineData("\"response_format\": { \"type\": \"json_schema\", \"json_schema\": { \"name\": \"x\", \"schema\": SCHEMA } },")]
    [InlineData("\"response_format\": { \"type\": \"json_object\", \"schema\": SCHEMA },")]
    [InlineData("\"response_format\": { \"type\": \"json_schema\", \"schema\": SCHEMA },")]
    public async Task An_answer_matches_its_schema(string format)
    {
        const string Schema = """{ "type": "object", "properties": { "n": { "type": "integer", "minimum": 3, "maximum": 5 }, "ok": { "const": true } }, "required": ["n", "ok"], "additionalProperties": false }""";
        JsonElement answer = await Server.AnswerAsync(ChatPath, $$"""{ {{format.Replace("SCHEMA", Schema, StringComparison.Ordinal)}} "temperature": 1.5, "messages": [{ "role": "user", "content": "Once" }] }""");
        JsonElement content = JsonDocument.Parse(answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!).RootElement;
        Assert.InRange(content.GetProperty("n").GetInt32(), 3, 5);
        Assert.True(content.GetProperty("ok").GetBoolean());
    }

    // llama.cpp#19051: a bad schema was answered with 200.
    [Theory]
    [InlineData("\"response_format\": { \"type\": \"json_schema\", \"json_schema\": { \"name\": \"x\", \"schema\": { \"type\": \"strong\" } } },", "response_format")]
    [InlineData("\"response_format\": { \"type\": \"json_schema\", \"json_schema\": { \"name\": \"x\" } },", "response_format.json_schema.schema")]
    [InlineData("\"response_format\": { \"type\": \"yaml\" },", "response_format.type")]
    [InlineData("\"grammar\": \"root ::= )\",", "grammar")]
    [InlineData("\"tools\": [{ \"type\": \"function\", \"function\": \"go\" }],", "tools[0].function")]
    [InlineData("\"tool_choice\": \"required\",", "tool_choice")]
    public async Task A_schema_or_tool_that_cannot_be_honoured_is_refused(string field, string param) =>
        Assert.Equal(param, (await Server.RefusedAsync(400, ChatPath, Body(field))).GetProperty("param").GetString());

    [Fact]
    public async Task A_grammar_holds_in_a_completion_too()
    {
        JsonElement answer = await Server.AnswerAsync("/v1/completions", """{ "prompt": "Once", "grammar": "root ::= \"yes\" | \"no\"", "max_tokens": 20 }""");
        Assert.Contains(answer.GetProperty("choices")[0].GetProperty("text").GetString(), (string[])["yes", "no"]);
    }
}
