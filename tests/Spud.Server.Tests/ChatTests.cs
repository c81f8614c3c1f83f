using System.Net;
using System.Text.Json;
using static Spud.Server.Tests.SharedServer;

namespace Spud.Server.Tests;

public sealed class ChatTests(SharedServer shared)
{
    private TestServer Server => shared.Server;

    [Fact]
    public async Task An_answer_has_everything_that_clients_read()
    {
        JsonElement answer = await Server.AnswerAsync(ChatPath, Body());
        Assert.Equal("stories260K-f32", answer.GetProperty("model").GetString());
        Assert.InRange(answer.GetProperty("created").GetInt64(), 1, long.MaxValue);
        JsonElement choice = answer.GetProperty("choices")[0], message = choice.GetProperty("message");
        Assert.Equal("assistant", message.GetProperty("role").GetString());
        Assert.Equal(JsonValueKind.Null, message.GetProperty("refusal").ValueKind);
        Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
        JsonElement usage = answer.GetProperty("usage");
        Assert.Equal(usage.GetProperty("total_tokens").GetInt32(), usage.GetProperty("prompt_tokens").GetInt32() + usage.GetProperty("completion_tokens").GetInt32());
        Assert.True(usage.GetProperty("prompt_tokens_details").TryGetProperty("cached_tokens", out _));
        Assert.Equal(0, usage.GetProperty("completion_tokens_details").GetProperty("reasoning_tokens").GetInt32());
    }

    [Fact]
    public async Task Usage_says_what_was_computed_and_the_roles_sum_up()
    {
        JsonElement compute = (await Server.AnswerAsync(ChatPath, Body())).GetProperty("usage").GetProperty("compute");
        decimal units = compute.GetProperty("compute_units").GetDecimal();
        Assert.True(units > 0);
        Assert.Equal(units, compute.GetProperty("by_role").EnumerateObject().Sum(role => role.Value.GetDecimal()));
        Assert.Equal("finished", compute.GetProperty("outcome").GetString());
        Assert.Equal(JsonValueKind.Null, compute.GetProperty("experts_per_token").ValueKind);
    }

    [Fact]
    public async Task A_budget_cuts_an_answer_and_usage_says_so()
    {
        JsonElement answer = await Server.AnswerAsync(ChatPath, """{ "budget": "0.05cu", "temperature": 0, "ignore_eos": true, "messages": [{ "role": "user", "content": "Once" }] }""");
        JsonElement compute = answer.GetProperty("usage").GetProperty("compute");
        Assert.Equal("length", answer.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal("stopped_by_budget", compute.GetProperty("outcome").GetString());
        Assert.InRange(compute.GetProperty("compute_units").GetDecimal(), 0.04m, 0.05m);
    }

    [Fact]
    public async Task A_stop_string_ends_the_text_and_is_not_part_of_it()
    {
        string whole = Text(await Server.AnswerAsync(ChatPath, Body()));
        string stop = whole[3..5];
        JsonElement cut = await Server.AnswerAsync(ChatPath, Body($"\"stop\": [{JsonSerializer.Serialize(stop)}],"));
        Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)], Text(cut));
        Assert.Equal("stop", cut.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_texts_and_each_of_several_is_its_own()
    {
        string body = Body("\"n\": 2, \"seed\": 5,").Replace("\"temperature\": 0", "\"temperature\": 1.5", StringComparison.Ordinal);
        string[] first = Texts(await Server.AnswerAsync(ChatPath, body)), second = Texts(await Server.AnswerAsync(ChatPath, body));
        Assert.Equal(first, second);
        Assert.NotEqual(first[0], first[1]);
    }

    [Fact]
    public async Task A_bias_bans_a_token()
    {
        JsonElement usual = await Server.AnswerAsync(ChatPath, Body("\"logprobs\": true,"));
        string first = usual.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content")[0].GetProperty("token").GetString()!;
        JsonElement ids = await Server.AnswerAsync("/v1/completions", $$"""{ "prompt": {{JsonSerializer.Serialize(first)}}, "max_tokens": 1 }""");
        Assert.NotEqual(0, ids.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        string bias = string.Join(", ", Enumerable.Range(0, 512).Where(id => id is not 300).Select(id => $"\"{id}\": -100"));
        JsonElement biased = await Server.AnswerAsync(ChatPath, Body($"\"logprobs\": true, \"logit_bias\": {{ {bias} }},"));
        Assert.Single(biased.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content").EnumerateArray().Select(token => token.GetProperty("token").GetString()).Distinct());
    }

    [Fact]
    public async Task Models_are_listed_and_found_by_name()
    {
        JsonElement list = await Server.GetAsync("/v1/models"), model = list.GetProperty("data")[0];
        Assert.Equal("list", list.GetProperty("object").GetString());
        Assert.Equal("model", model.GetProperty("object").GetString());
        Assert.Equal("spud", model.GetProperty("owned_by").GetString());
        Assert.Equal(512, model.GetProperty("context_length").GetInt32());
        Assert.Equal(model.GetProperty("id").GetString(), (await Server.GetAsync($"/v1/models/{model.GetProperty("id").GetString()}")).GetProperty("id").GetString());
        using HttpResponseMessage missing = await Server.Client.GetAsync(new Uri("/v1/models/nope", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task Text_becomes_tokens()
    {
        JsonElement tokens = await Server.AnswerAsync("/tokenize", """{ "content": "Once upon", "with_pieces": true }""");
        Assert.Equal(tokens.GetProperty("count").GetInt32(), tokens.GetProperty("tokens").GetArrayLength());
        Assert.Equal("Once upon", string.Concat(tokens.GetProperty("pieces").EnumerateArray().Select(piece => piece.GetString())).Trim());
    }

    [Fact]
    public async Task A_completion_has_the_legacy_shape()
    {
        JsonElement answer = await Server.AnswerAsync("/v1/completions", """{ "prompt": ["Once", "The"], "n": 2, "max_tokens": 3, "logprobs": 2, "temperature": 0 }""");
        Assert.Equal("text_completion", answer.GetProperty("object").GetString());
        JsonElement[] choices = [.. answer.GetProperty("choices").EnumerateArray()];
        Assert.Equal([0, 1, 2, 3], choices.Select(choice => choice.GetProperty("index").GetInt32()));
        JsonElement logprobs = choices[0].GetProperty("logprobs");
        Assert.Equal(3, logprobs.GetProperty("tokens").GetArrayLength());
        Assert.Equal(3, logprobs.GetProperty("token_logprobs").GetArrayLength());
        Assert.InRange(logprobs.GetProperty("top_logprobs")[0].EnumerateObject().Count(), 1, 2);
        Assert.Equal(0, logprobs.GetProperty("text_offset")[0].GetInt32());
    }

    [Fact]
    public async Task A_completion_takes_ids()
    {
        JsonElement answer = await Server.AnswerAsync("/v1/completions", """{ "prompt": [1, 403, 407], "max_tokens": 2 }""");
        Assert.Equal(3, answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal("prompt[1]", (await Server.RefusedAsync(400, "/v1/completions", """{ "prompt": [1, 512] }""")).GetProperty("param").GetString());
        JsonElement[] parts = await Server.ChunksAsync("/v1/completions", """{ "prompt": "Once", "max_tokens": 2, "stream": true, "stream_options": { "include_usage": true } }""");
        Assert.Equal("length", parts[^2].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal(2, parts[^1].GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    private static string Text(JsonElement answer) => Texts(answer)[0];

    private static string[] Texts(JsonElement answer) => [.. answer.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("message").GetProperty("content").GetString()!)];
}
