using System.Text.Json;

namespace Spud.Server.Tests.Faults;

/// <summary>Faults of /v1/responses that users of other servers reported; a comment names the report.</summary>
public sealed class ResponseFaultTests(SharedServer shared)
{
    private const string Path = "/v1/responses";
    private const string Body = """{ "input": "Once upon a time", "max_output_tokens": 6, "temperature": 0, "stream": true }""";

    private TestServer Server => shared.Server;

    // llama.cpp#24957: events out of the schema, without sequence numbers. ogx#5309: no output_text.done.
    [Fact]
    public async Task Events_come_in_order_and_are_numbered()
    {
        (string Name, JsonElement Data)[] events = await EventsAsync(Body);
        Assert.Equal(
        [
            "response.created", "response.in_progress", "response.output_item.added", "response.content_part.added", "response.output_text.delta", "response.output_text.done",
            "response.content_part.done", "response.output_item.done", "response.incomplete",
        ], events.Select(static sent => sent.Name).Distinct());
        Assert.Equal(Enumerable.Range(0, events.Length), events.Select(static sent => sent.Data.GetProperty("sequence_number").GetInt32()));
        Assert.All(events, static sent => Assert.Equal(sent.Name, sent.Data.GetProperty("type").GetString()));
    }

    // lemonade#3607: no output_index.
    [Fact]
    public async Task Events_of_a_part_name_it()
    {
        (string Name, JsonElement Data)[] events = await EventsAsync(Body);
        string id = events.Single(static sent => sent.Name == "response.output_item.added").Data.GetProperty("item").GetProperty("id").GetString()!;
        JsonElement[] inPart = [.. events.Where(static sent => sent.Name.Contains("text.", StringComparison.Ordinal) || sent.Name.Contains("part.", StringComparison.Ordinal)).Select(static sent => sent.Data)];
        Assert.NotEmpty(inPart);
        Assert.All(inPart, part => Assert.Equal((0, 0, id), (part.GetProperty("output_index").GetInt32(), part.GetProperty("content_index").GetInt32(), part.GetProperty("item_id").GetString())));
    }

    // lmstudio-bug-tracker#1089: text without annotations. llama.cpp#22659: usage without output_tokens_details.
    [Fact]
    public async Task The_whole_answer_has_all_fields()
    {
        JsonElement answer = await Server.AnswerAsync(Path, Body.Replace("true", "false", StringComparison.Ordinal));
        JsonElement text = answer.GetProperty("output")[0].GetProperty("content")[0], usage = answer.GetProperty("usage");
        Assert.Equal("message", answer.GetProperty("output")[0].GetProperty("type").GetString());
        Assert.Equal(0, text.GetProperty("annotations").GetArrayLength());
        Assert.Equal(0, text.GetProperty("logprobs").GetArrayLength());
        Assert.Equal(0, usage.GetProperty("output_tokens_details").GetProperty("reasoning_tokens").GetInt32());
        Assert.True(usage.GetProperty("input_tokens_details").TryGetProperty("cached_tokens", out _));
        Assert.Equal(6, usage.GetProperty("output_tokens").GetInt32());
        Assert.Equal("incomplete", answer.GetProperty("status").GetString());
        Assert.Equal("max_output_tokens", answer.GetProperty("incomplete_details").GetProperty("reason").GetString());
        foreach (string field in (string[])["error", "instructions", "metadata", "parallel_tool_calls", "previous_response_id", "temperature", "text", "tool_choice", "tools", "top_p", "truncation"])
            Assert.True(answer.TryGetProperty(field, out _), field);
    }

    [Fact]
    public async Task The_streamed_text_is_the_whole_text()
    {
        JsonElement answer = await Server.AnswerAsync(Path, Body.Replace("true", "false", StringComparison.Ordinal));
        (string Name, JsonElement Data)[] events = await EventsAsync(Body);
        string whole = answer.GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString()!;
        Assert.Equal(whole, string.Concat(events.Where(static sent => sent.Name == "response.output_text.delta").Select(static sent => sent.Data.GetProperty("delta").GetString())));
        Assert.Equal(whole, events.Single(static sent => sent.Name == "response.output_text.done").Data.GetProperty("text").GetString());
        Assert.Equal(whole, events[^1].Data.GetProperty("response").GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString());
    }

    // Developer messages are merged into the system message, wherever they are.
    [Fact]
    public async Task A_conversation_may_have_items_of_all_kinds()
    {
        JsonElement answer = await Server.AnswerAsync(Path, """
            { "instructions": "Be brief.", "max_output_tokens": 1, "input": [
              { "role": "developer", "content": "Be kind." },
              { "type": "message", "role": "user", "content": [{ "type": "input_text", "text": "Weather?" }] },
              { "type": "reasoning", "id": "rs_1", "summary": [] },
              { "type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "weather", "arguments": "{}" },
              { "type": "function_call_output", "call_id": "call_1", "output": "sunny" }] }
            """);
        Assert.Equal("Be brief.", answer.GetProperty("instructions").GetString());
    }

    [Theory]
    [InlineData("""{ "input": [] }""", "input")]
    [InlineData("{}", "input")]
    [InlineData("""{ "input": "a", "previous_response_id": "resp_1" }""", "previous_response_id")]
    [InlineData("""{ "input": "a", "background": true }""", "background")]
    [InlineData("""{ "input": "a", "reasoning": { "effort": "high" } }""", "reasoning.effort")]
    [InlineData("""{ "input": "a", "max_output_tokens": 0 }""", "max_output_tokens")]
    [InlineData("""{ "input": [{ "type": "web_search_call" }] }""", "input[0].type")]
    public async Task What_is_wrong_or_not_honoured_is_named(string body, string param) =>
        Assert.Equal(param, (await Server.RefusedAsync(400, Path, body)).GetProperty("param").GetString());

    private async Task<(string Name, JsonElement Data)[]> EventsAsync(string body)
    {
        string[] lines = await Server.LinesAsync(Path, body);
        return [.. lines.Chunk(2).Select(static pair => (pair[0]["event: ".Length..], JsonDocument.Parse(pair[1]["data: ".Length..]).RootElement))];
    }
}
