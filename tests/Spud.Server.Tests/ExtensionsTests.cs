using System.ComponentModel;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Spud.Composition;
using Spud.Configuration;
using Spud.Extensions.AI;
using Spud.Plugins;

namespace Spud.Server.Tests;

/// <summary>A model behind the interfaces of Microsoft.Extensions.AI.</summary>
public sealed class ExtensionsTests : IDisposable
{
    private const string Question = "What is the capital of France?";

    private readonly PluginCatalog _plugins = PluginCatalog.Discover(TestData.Plugins);
    private readonly LanguageModel _model;
    private readonly IChatClient _client;

    public ExtensionsTests()
    {
        _model = LanguageModel.Load(PipelineDocument.Load(null, [$"model={TestData.DefaultModel}"]), _plugins, new PipelineOptions { Threads = 1, Sequences = 2, FullSequences = 1 });
        _client = new SpudChatClient(_model);
    }

    private static ChatOptions Greedy => new() { Temperature = 0, MaxOutputTokens = 100, Instructions = "Answer in English." };

    public void Dispose()
    {
        _client.Dispose();
        _model.Dispose();
        _plugins.Dispose();
    }

    [Fact]
    public async Task It_answers_and_counts()
    {
        ChatResponse answer = await _client.GetResponseAsync(Question, Greedy, TestContext.Current.CancellationToken);
        Assert.Contains("Paris", answer.Text, StringComparison.Ordinal);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal(answer.Usage!.TotalTokenCount, answer.Usage.InputTokenCount + answer.Usage.OutputTokenCount);
        Assert.True(answer.Usage.AdditionalCounts!["spud.flops"] > 0);
    }

    [Fact]
    public async Task It_streams_the_same_text()
    {
        string streamed = "";
        await foreach (ChatResponseUpdate update in _client.GetStreamingResponseAsync(Question, Greedy, TestContext.Current.CancellationToken))
            streamed += update.Text;

        Assert.Equal((await _client.GetResponseAsync(Question, Greedy, TestContext.Current.CancellationToken)).Text, streamed);
    }

    [Fact]
    public async Task It_calls_a_function_and_takes_the_result()
    {
        AIFunction function = AIFunctionFactory.Create(static ([Description("The city.")] City city) => $"sunny in {city}", "get_weather", "The weather of a city.");
        ChatOptions options = Greedy;
        (options.Tools, options.ToolMode, options.AllowMultipleToolCalls) = ([function], ChatToolMode.RequireAny, false);
        List<ChatMessage> messages = [new(ChatRole.User, "How is the weather in Paris?")];
        ChatResponse answer = await _client.GetResponseAsync(messages, options, TestContext.Current.CancellationToken);
        FunctionCallContent call = Assert.Single(answer.Messages.SelectMany(static message => message.Contents).OfType<FunctionCallContent>());
        Assert.Equal(ChatFinishReason.ToolCalls, answer.FinishReason);
        object? result = await function.InvokeAsync(new(call.Arguments), TestContext.Current.CancellationToken);
        Assert.StartsWith("sunny in", $"{result}", StringComparison.Ordinal);
        messages.AddRange([.. answer.Messages, new(ChatRole.Tool, [new FunctionResultContent(call.CallId, result)])]);
        Assert.NotEmpty((await _client.GetResponseAsync(messages, Greedy, TestContext.Current.CancellationToken)).Text);
    }

    [Fact]
    public async Task It_gives_json_of_a_schema()
    {
        ChatOptions options = Greedy;
        options.ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonDocument.Parse("""{ "type": "object", "properties": { "capital": { "enum": ["Paris", "Rome"] } }, "required": ["capital"], "additionalProperties": false }""").RootElement);
        ChatResponse answer = await _client.GetResponseAsync(Question, options, TestContext.Current.CancellationToken);
        Assert.Contains(JsonDocument.Parse(answer.Text).RootElement.GetProperty("capital").GetString(), (string[])["Paris", "Rome"]);
    }

    [Fact]
    public async Task It_embeds_while_it_chats()
    {
        Task<ChatResponse> chat = _client.GetResponseAsync(Question, Greedy, TestContext.Current.CancellationToken);
        using SpudEmbeddingGenerator generator = new(_model);
        GeneratedEmbeddings<Embedding<float>> embeddings = await generator.GenerateAsync(["The cat sits.", "Rates rose."], cancellationToken: TestContext.Current.CancellationToken);
        Assert.All(embeddings, static embedding => Assert.Equal(576, embedding.Dimensions));
        Assert.Contains("Paris", (await chat).Text, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NotSupportedException>(() => generator.GenerateAsync(["a"], new() { Dimensions = 5 }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_budget_is_honoured_and_a_cancelled_answer_throws()
    {
        ChatOptions options = Greedy;
        options.AdditionalProperties = new() { ["budget"] = 0.001 };
        await Assert.ThrowsAsync<Execution.BudgetExceededException>(() => _client.GetResponseAsync(Question, options, TestContext.Current.CancellationToken));
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _client.GetResponseAsync(Question, Greedy, cancelled.Token));
        Assert.Same(_model, _client.GetService(typeof(LanguageModel)));
    }

    internal enum City
    {
        Paris,
        Rome,
    }
}
