using System.ClientModel;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;
using OpenAI.Models;
using OpenAI.Responses;

namespace Spud.Server.Tests.Clients;

/// <summary>The OpenAI package for .NET against the server as a user starts it. It throws on roles it does not know, and takes embeddings as base64 only.</summary>
public sealed class OpenAIClientTests(ServerProcess server)
{
    private const string Question = "What is the capital of France?";
    private static readonly ApiKeyCredential s_key = new("none");

    private OpenAIClientOptions Options => new() { Endpoint = new Uri(server.Address, "/v1") };

    private ChatClient Chat => new(ServerProcess.Model, s_key, Options);

    [Fact]
    public async Task It_chats()
    {
        ChatCompletion answer = await Chat.CompleteChatAsync([new SystemChatMessage("Answer in English."), new UserChatMessage(Question)], new() { Temperature = 0, MaxOutputTokenCount = 20 }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains("Paris", answer.Content[0].Text, StringComparison.Ordinal);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal(answer.Usage.InputTokenCount + answer.Usage.OutputTokenCount, answer.Usage.TotalTokenCount);
    }

    [Fact]
    public async Task It_streams()
    {
        string text = "";
        ChatFinishReason? finish = null;
        ChatTokenUsage? usage = null;
        await foreach (StreamingChatCompletionUpdate update in Chat.CompleteChatStreamingAsync([new UserChatMessage(Question)]))
        {
            text += string.Concat(update.ContentUpdate.Select(static part => part.Text));
            finish = update.FinishReason ?? finish;
            usage = update.Usage ?? usage;
        }

        Assert.Contains("Paris", text, StringComparison.Ordinal);
        Assert.Equal(ChatFinishReason.Stop, finish);
        Assert.InRange(usage!.OutputTokenCount, 5, 20);
    }

    [Fact]
    public async Task It_reads_log_probabilities()
    {
        ChatCompletion answer = await Chat.CompleteChatAsync([new UserChatMessage(Question)], new() { MaxOutputTokenCount = 3, IncludeLogProbabilities = true, TopLogProbabilityCount = 2 }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(3, answer.ContentTokenLogProbabilities.Count);
        Assert.Equal(2, answer.ContentTokenLogProbabilities[0].TopLogProbabilities.Count);
    }

    [Fact]
    public async Task It_calls_tools_and_continues_with_their_output()
    {
        ChatTool tool = ChatTool.CreateFunctionTool("get_weather", "The weather of a city.", BinaryData.FromString(
            """{ "type": "object", "properties": { "city": { "type": "string", "enum": ["Paris", "Rome"] } }, "required": ["city"], "additionalProperties": false }"""), true);
        ChatCompletionOptions options = new() { Temperature = 0, Tools = { tool }, ToolChoice = ChatToolChoice.CreateRequiredChoice(), AllowParallelToolCalls = false };
        List<ChatMessage> messages = [new UserChatMessage("How is the weather in Paris?")];
        ChatCompletion answer = await Chat.CompleteChatAsync(messages, options, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(ChatFinishReason.ToolCalls, answer.FinishReason);
        ChatToolCall call = Assert.Single(answer.ToolCalls);
        Assert.Contains("\"city\"", $"{call.FunctionArguments}", StringComparison.Ordinal);

        string streamed = "";
        await foreach (StreamingChatCompletionUpdate update in Chat.CompleteChatStreamingAsync(messages, options, cancellationToken: TestContext.Current.CancellationToken))
            streamed += string.Concat(update.ToolCallUpdates.Select(static part => $"{part.FunctionArgumentsUpdate}"));

        Assert.Equal($"{call.FunctionArguments}", streamed);
        messages.AddRange([new AssistantChatMessage(answer), new ToolChatMessage(call.Id, "sunny")]);
        ChatCompletion last = await Chat.CompleteChatAsync(messages, new() { MaxOutputTokenCount = 10 }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.NotEmpty(last.Content[0].Text);
    }

    [Fact]
    public async Task It_gets_structured_output()
    {
        ChatCompletionOptions options = new()
        {
            Temperature = 0,
            ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("answer", BinaryData.FromString("""{ "type": "object", "properties": { "capital": { "type": "string", "maxLength": 20 } }, "required": ["capital"], "additionalProperties": false }"""), jsonSchemaIsStrict: true),
        };
        ChatCompletion answer = await Chat.CompleteChatAsync([new UserChatMessage(Question)], options, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains("Paris", System.Text.Json.JsonDocument.Parse(answer.Content[0].Text).RootElement.GetProperty("capital").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_embeds()
    {
        EmbeddingClient client = new(ServerProcess.Model, s_key, Options);
        OpenAIEmbeddingCollection embeddings = await client.GenerateEmbeddingsAsync(["The cat sits on the mat.", "A cat is sitting on a mat.", "Interest rates rose in May."], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(576, embeddings[0].ToFloats().Length);
        Assert.True(Cosine(embeddings[0], embeddings[1]) > Cosine(embeddings[0], embeddings[2]));
    }

    [Fact]
    public async Task It_responds()
    {
        ResponsesClient client = new(s_key, new ResponsesClientOptions { Endpoint = new Uri(server.Address, "/v1") });
        ResponseResult answer = await client.CreateResponseAsync(ServerProcess.Model, Question, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains("Paris", answer.GetOutputText(), StringComparison.Ordinal);
        Assert.Equal(ResponseStatus.Completed, answer.Status);
        Assert.InRange(answer.Usage.OutputTokenCount, 5, 20);
    }

    [Fact]
    public async Task It_streams_responses()
    {
        ResponsesClient client = new(s_key, new ResponsesClientOptions { Endpoint = new Uri(server.Address, "/v1") });
        string text = "";
        ResponseResult? whole = null;
        await foreach (StreamingResponseUpdate update in await client.CreateResponseStreamingAsync(ServerProcess.Model, Question, cancellationToken: TestContext.Current.CancellationToken))
        {
            text += (update as StreamingResponseOutputTextDeltaUpdate)?.Delta;
            whole = (update as StreamingResponseCompletedUpdate)?.Response ?? whole;
        }

        Assert.Contains("Paris", text, StringComparison.Ordinal);
        Assert.Equal(text, whole!.GetOutputText());
    }

    [Fact]
    public async Task It_lists_models()
    {
        OpenAIModelClient client = new(s_key, Options);
        OpenAIModelCollection models = await client.GetModelsAsync(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(ServerProcess.Model, Assert.Single(models).Id);
    }

    [Fact]
    public async Task It_shows_an_error()
    {
        ClientResultException error = await Assert.ThrowsAsync<ClientResultException>(() => new ChatClient("gpt-4", s_key, Options).CompleteChatAsync([new UserChatMessage(Question)]));
        Assert.Equal(404, error.Status);
        Assert.Contains("model_not_found", error.Message, StringComparison.Ordinal);
    }

    private static float Cosine(OpenAIEmbedding a, OpenAIEmbedding b) => System.Numerics.Tensors.TensorPrimitives.Dot(a.ToFloats().Span, b.ToFloats().Span);
}
