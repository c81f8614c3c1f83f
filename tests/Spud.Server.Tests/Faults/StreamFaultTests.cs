using System.Text.Json;
using static Spud.Server.Tests.SharedServer;

namespace Spud.Server.Tests.Faults;

/// <summary>Faults of streamed chats that users of other servers reported; a comment names the report.</summary>
public sealed class StreamFaultTests(SharedServer shared)
{
    private TestServer Server => shared.Server;

    // ollama#4357: finish_reason was "". vercel/ai#2548: it was "None", and the role null.
    [Fact]
    public async Task Before_the_end_a_finish_reason_is_null_and_the_role_is_said_once()
    {
        JsonElement[] chunks = await Server.ChunksAsync(ChatPath, Body("\"stream\": true,"));
        JsonElement[] choices = [.. chunks.Select(chunk => Assert.Single(chunk.GetProperty("choices").EnumerateArray()))];
        Assert.All(choices[..^1], choice => Assert.Equal(JsonValueKind.Null, choice.GetProperty("finish_reason").ValueKind));
        Assert.Equal("length", choices[^1].GetProperty("finish_reason").GetString());
        Assert.Empty(choices[^1].GetProperty("delta").EnumerateObject());
        Assert.Equal("assistant", choices[0].GetProperty("delta").GetProperty("role").GetString());
        Assert.Equal("", choices[0].GetProperty("delta").GetProperty("content").GetString());
        Assert.All(choices[1..], choice => Assert.False(choice.GetProperty("delta").TryGetProperty("role", out _)));
    }

    // vercel/ai#4031: a choice without index. One id throughout is what clients join the chunks by.
    [Fact]
    public async Task Every_chunk_has_the_same_id_and_its_choices_have_an_index()
    {
        JsonElement[] chunks = await Server.ChunksAsync(ChatPath, Body("\"stream\": true, \"n\": 3, \"seed\": 7,"));
        Assert.Single(chunks.Select(chunk => chunk.GetProperty("id").GetString()).Distinct());
        Assert.StartsWith("chatcmpl-", chunks[0].GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.All(chunks, chunk => Assert.Equal("chat.completion.chunk", chunk.GetProperty("object").GetString()));
        Assert.Equal([0, 1, 2], chunks.Select(chunk => chunk.GetProperty("choices")[0].GetProperty("index").GetInt32()).Distinct().Order());
        Assert.Equal(3, chunks.Count(chunk => chunk.GetProperty("choices")[0].GetProperty("finish_reason").ValueKind == JsonValueKind.String));
    }

    // apfel#100: a usage chunk that nobody asked for. cline#8518, litellm#36553: its empty choices crash clients.
    [Fact]
    public async Task Without_include_usage_no_chunk_has_usage_or_empty_choices()
    {
        JsonElement[] chunks = await Server.ChunksAsync(ChatPath, Body("\"stream\": true,"));
        Assert.All(chunks, chunk => Assert.False(chunk.TryGetProperty("usage", out _)));
        Assert.All(chunks, chunk => Assert.NotEmpty(chunk.GetProperty("choices").EnumerateArray()));
    }

    // ROCm/ATOM#1711: a usage chunk without choices.
    [Fact]
    public async Task With_include_usage_only_the_last_chunk_has_it_and_its_choices_are_an_empty_array()
    {
        JsonElement[] chunks = await Server.ChunksAsync(ChatPath, Body("\"stream\": true, \"stream_options\": { \"include_usage\": true },"));
        Assert.All(chunks[..^1], chunk => Assert.False(chunk.TryGetProperty("usage", out _)));
        Assert.Equal(0, chunks[^1].GetProperty("choices").GetArrayLength());
        Assert.Equal(8, chunks[^1].GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    // litellm#10686: the finish_reason was lost when log-probabilities were streamed.
    [Fact]
    public async Task With_log_probabilities_the_stream_still_ends_with_a_finish_reason_and_loses_no_token()
    {
        JsonElement[] chunks = await Server.ChunksAsync(ChatPath, Body("\"stream\": true, \"logprobs\": true,"));
        Assert.Equal("length", chunks[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        int tokens = chunks.Select(chunk => chunk.GetProperty("choices")[0].GetProperty("logprobs")).Where(logprobs => logprobs.ValueKind == JsonValueKind.Object)
            .Sum(logprobs => logprobs.GetProperty("content").GetArrayLength());
        Assert.Equal(8, tokens);
    }

    // semantic-kernel#3990: event lines, and streaming by default.
    [Fact]
    public async Task A_chat_streams_only_on_request_and_without_event_lines()
    {
        JsonElement whole = await Server.AnswerAsync(ChatPath, Body());
        Assert.Equal("chat.completion", whole.GetProperty("object").GetString());
        Assert.DoesNotContain(await Server.LinesAsync(ChatPath, Body("\"stream\": true,")), line => line.StartsWith("event:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_streamed_text_is_the_whole_text()
    {
        JsonElement whole = await Server.AnswerAsync(ChatPath, Body());
        JsonElement[] chunks = await Server.ChunksAsync(ChatPath, Body("\"stream\": true,"));
        string streamed = string.Concat(chunks.Select(chunk => chunk.GetProperty("choices")[0].GetProperty("delta")).Select(delta => delta.TryGetProperty("content", out JsonElement text) ? text.GetString() : ""));
        Assert.Equal(whole.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString(), streamed);
        Assert.NotEmpty(streamed);
    }

    [Fact]
    public async Task A_prompt_that_costs_more_than_its_budget_has_a_status_even_when_streaming()
    {
        JsonElement error = await Server.RefusedAsync(400, ChatPath, Body("\"stream\": true, \"budget\": 0.00001,"));
        Assert.Equal("budget_exceeded", error.GetProperty("code").GetString());
    }
}
