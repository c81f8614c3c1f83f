using System.Text.Json;
using static Spud.Server.Tests.SharedServer;

namespace Spud.Server.Tests.Faults;

/// <summary>Faults in reading requests that users of other servers reported; a comment names the report.</summary>
public sealed class RequestFaultTests(SharedServer shared)
{
    private TestServer Server => shared.Server;

    // llama.cpp#13700, llama-cpp-python#1907: max_completion_tokens was ignored.
    [Theory]
    [InlineData("\"max_completion_tokens\": 3,", 3)]
    [InlineData("\"max_tokens\": 3,", 3)]
    [InlineData("\"max_completion_tokens\": 2, \"max_tokens\": 5,", 2)]
    public async Task Both_names_of_the_maximum_of_tokens_are_honoured(string field, int expected)
    {
        JsonElement answer = await Server.AnswerAsync(ChatPath, $$"""{ {{field}} "temperature": 0, "messages": [{ "role": "user", "content": "Once upon a time" }] }""");
        Assert.Equal(expected, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task A_maximum_that_is_too_large_is_clamped()
    {
        JsonElement answer = await Server.AnswerAsync(ChatPath, """{ "max_tokens": 99999999999, "stop": "a", "messages": [{ "role": "user", "content": "Once" }] }""");
        Assert.InRange(answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32(), 1, 512);
    }

    // koboldcpp#643: stop: null crashed. Other clients send null for everything they do not set.
    [Theory]
    [InlineData("\"stop\": null,")]
    [InlineData("\"stop\": \"zzz\",")]
    [InlineData("\"stop\": [\"zzz\", \"yyy\"],")]
    [InlineData("\"temperature\": null, \"seed\": null, \"tools\": null, \"response_format\": null, \"logit_bias\": null, \"stream_options\": null, \"n\": null,")]
    [InlineData("\"tools\": [], \"response_format\": { \"type\": \"text\" }, \"store\": true, \"metadata\": {}, \"user\": \"me\", \"parallel_tool_calls\": true,")]
    [InlineData("\"no_such_field\": { \"a\": [1] },")]
    public async Task Fields_that_are_null_neutral_or_unknown_do_no_harm(string fields) =>
        Assert.Equal(8, (await Server.AnswerAsync(ChatPath, fields.Contains("\"temperature\"", StringComparison.Ordinal) ? Body(fields).Replace("\"temperature\": 0,", "", StringComparison.Ordinal) : Body(fields))).GetProperty("usage").GetProperty("completion_tokens").GetInt32());

    // aichat#1296: tool_call_id: null was refused.
    [Fact]
    public async Task A_tool_call_id_of_null_is_accepted()
    {
        JsonElement answer = await Server.AnswerAsync(ChatPath, """{ "max_tokens": 2, "messages": [{ "role": "user", "content": "Hi", "tool_call_id": null, "name": null, "tool_calls": null }] }""");
        Assert.Equal(2, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Theory]
    [InlineData("system")]
    [InlineData("developer")]
    [InlineData("user")]
    [InlineData("assistant")]
    [InlineData("tool")]
    public async Task All_roles_are_accepted(string role) =>
        await Server.AnswerAsync(ChatPath, $$"""{ "max_tokens": 1, "messages": [{ "role": "{{role}}", "content": "Once" }, { "role": "user", "content": [{ "type": "text", "text": "a" }, { "type": "text", "text": "b" }] }] }""");

    [Fact]
    public async Task A_conversation_with_tool_calls_and_null_content_is_accepted() => await Server.AnswerAsync(ChatPath, """
        { "max_tokens": 1, "messages": [
          { "role": "user", "content": "Weather?" },
          { "role": "assistant", "content": null, "tool_calls": [{ "id": "c1", "type": "function", "function": { "name": "weather", "arguments": "{\"city\": \"Paris\"}" } }] },
          { "role": "tool", "tool_call_id": "c1", "content": "sunny" }] }
        """);

    // llama.cpp#11847: response_format was refused for no reason.
    [Fact]
    public async Task A_response_format_of_text_is_what_there_is_anyway() => await Server.AnswerAsync(ChatPath, Body("\"response_format\": { \"type\": \"text\" },"));

    // llama.cpp#27174: echo together with logprobs gave neither.
    [Fact]
    public async Task Echo_with_logprobs_is_refused_and_echo_alone_is_honoured()
    {
        JsonElement error = await Server.RefusedAsync(400, "/v1/completions", """{ "prompt": "Once", "echo": true, "logprobs": 1 }""");
        Assert.Equal("echo", error.GetProperty("param").GetString());
        JsonElement answer = await Server.AnswerAsync("/v1/completions", """{ "prompt": "Once upon", "echo": true, "max_tokens": 2 }""");
        Assert.StartsWith("Once upon", answer.GetProperty("choices")[0].GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    // ollama#16117: chat dropped logprobs without a word. vllm#4795: they needed top_logprobs.
    [Theory]
    [InlineData("\"logprobs\": true,", 0)]
    [InlineData("\"logprobs\": true, \"top_logprobs\": 0,", 0)]
    [InlineData("\"logprobs\": true, \"top_logprobs\": 3,", 3)]
    public async Task A_chat_has_log_probabilities_with_and_without_alternatives(string fields, int top)
    {
        JsonElement answer = await Server.AnswerAsync(ChatPath, Body(fields));
        JsonElement[] tokens = [.. answer.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content").EnumerateArray()];
        Assert.Equal(8, tokens.Length);
        Assert.All(tokens, token => Assert.InRange(token.GetProperty("logprob").GetDouble(), double.MinValue, 0));
        Assert.All(tokens, token => Assert.Equal(top, token.GetProperty("top_logprobs").GetArrayLength()));
        Assert.All(tokens, token => Assert.NotEqual(0, token.GetProperty("bytes").GetArrayLength()));
    }

    [Fact]
    public async Task Without_logprobs_they_are_null() =>
        Assert.Equal(JsonValueKind.Null, (await Server.AnswerAsync(ChatPath, Body())).GetProperty("choices")[0].GetProperty("logprobs").ValueKind);

    // open-webui#12117, llama.cpp#22659: base addresses with a slash at the end, or without /v1.
    [Theory]
    [InlineData("//v1//chat/completions")]
    [InlineData("/chat/completions")]
    [InlineData("//chat/completions")]
    [InlineData("/v1/v1/chat/completions")]
    public async Task Paths_may_have_doubled_slashes_or_lack_the_version(string path)
    {
        using HttpClient client = new() { BaseAddress = Server.Address };
        using HttpResponseMessage response = await client.PostAsync(new Uri($"{Server.Address.GetLeftPart(UriPartial.Authority)}{path}"), new StringContent(Body()), TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("\"temperature\": \"hot\",", "temperature")]
    [InlineData("\"temperature\": 3,", "temperature")]
    [InlineData("\"top_p\": -0.1,", "top_p")]
    [InlineData("\"n\": 0,", "n")]
    [InlineData("\"n\": 1000,", "n")]
    [InlineData("\"max_completion_tokens\": 0,", "max_completion_tokens")]
    [InlineData("\"max_completion_tokens\": 1.5,", "max_completion_tokens")]
    [InlineData("\"top_logprobs\": 3,", "top_logprobs")]
    [InlineData("\"logprobs\": true, \"top_logprobs\": 21,", "top_logprobs")]
    [InlineData("\"stop\": [\"\"],", "stop")]
    [InlineData("\"stop\": 5,", "stop")]
    [InlineData("\"seed\": \"x\",", "seed")]
    [InlineData("\"logit_bias\": { \"99999\": 1 },", "logit_bias")]
    [InlineData("\"logit_bias\": { \"5\": 101 },", "logit_bias.5")]
    [InlineData("\"stream\": \"yes\",", "stream")]
    [InlineData("\"budget\": -1,", "budget")]
    [InlineData("\"budget\": \"1eur\",", "budget")]
    [InlineData("\"budget\": \"1 apple\",", "budget")]
    [InlineData("\"effort\": 2,", "effort")]
    [InlineData("\"prefer\": \"speed\",", "prefer")]
    [InlineData("\"experts\": 1,", "experts")]
    [InlineData("\"functions\": [{}],", "functions")]
    [InlineData("\"audio\": {},", "audio")]
    [InlineData("\"modalities\": [\"audio\"],", "modalities")]
    [InlineData("\"reasoning_effort\": \"high\",", "reasoning_effort")]
    public async Task A_field_that_is_wrong_or_not_honoured_is_named(string field, string param)
    {
        string body = Body(field);
        foreach (string own in (string[])["\"temperature\"", "\"max_tokens\""])
            body = field.StartsWith(own, StringComparison.Ordinal) ? body.Replace($" {own}: 0,", "", StringComparison.Ordinal) : body;

        JsonElement error = await Server.RefusedAsync(400, ChatPath, body);
        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("{}", "messages")]
    [InlineData("""{ "messages": [] }""", "messages")]
    [InlineData("""{ "messages": "Hi" }""", "messages")]
    [InlineData("""{ "messages": [{ "content": "Hi" }] }""", "messages[0].role")]
    [InlineData("""{ "messages": [{ "role": "wizard", "content": "Hi" }] }""", "messages[0].role")]
    [InlineData("""{ "messages": [{ "role": "user" }] }""", "messages[0].content")]
    [InlineData("""{ "messages": [{ "role": "user", "content": [{ "type": "image_url", "image_url": { "url": "data:" } }] }] }""", "messages[0].content[0].type")]
    public async Task A_message_that_is_wrong_is_named_by_its_path(string body, string param) =>
        Assert.Equal(param, (await Server.RefusedAsync(400, ChatPath, body)).GetProperty("param").GetString());

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{ "n": 1, "n": 2 }""")]
    public async Task A_body_that_is_no_object_is_refused(string body) =>
        Assert.Equal("invalid_json", (await Server.RefusedAsync(400, ChatPath, body)).GetProperty("code").GetString());

    [Fact]
    public async Task An_unknown_model_is_not_found() =>
        Assert.Equal("model_not_found", (await Server.RefusedAsync(404, ChatPath, Body("\"model\": \"gpt-4\","))).GetProperty("code").GetString());

    [Fact]
    public async Task A_prompt_longer_than_the_context_is_refused_in_the_words_that_clients_know()
    {
        JsonElement error = await Server.RefusedAsync(400, ChatPath, $$"""{ "messages": [{ "role": "user", "content": "{{string.Concat(Enumerable.Repeat("Once upon a time ", 400))}}" }] }""");
        Assert.Equal("context_length_exceeded", error.GetProperty("code").GetString());
        Assert.Contains("maximum context length is 512 tokens", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }
}
