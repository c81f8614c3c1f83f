using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Spud.Generation;
using Spud.Text.ChatTemplates;

namespace Spud.Extensions.AI;

/// <summary>A model as a chat client. Thread-safe.</summary>
public sealed class SpudChatClient : IChatClient
{
    private readonly LanguageModel _model;
    private readonly bool _ownsModel;
    private readonly ChatClientMetadata _metadata;

    /// <summary>Creates a client.</summary>
    /// <param name="model">A model with a chat template.</param>
    /// <param name="ownsModel">Whether disposing the client disposes the model.</param>
    public SpudChatClient(LanguageModel model, bool ownsModel = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _ownsModel) = (model, ownsModel);
        _metadata = new("spud", defaultModelId: Path.GetFileNameWithoutExtension(model.Pipeline.File.Path));
    }

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<Microsoft.Extensions.AI.ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<Microsoft.Extensions.AI.ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ToolSet? tools = ToolMapping.ToolsOf(options);
        RenderedPrompt prompt = _model.Render(MessageMapping.Of(messages, options?.Instructions), tools);
        GenerationOptions generation = OptionMapping.Of(options, _model);
        generation.Constraint = OptionMapping.ConstraintOf(options, tools, _model, prompt);
        AnswerParser parser = AnswerParser.For(_model.ChatTemplate, prompt.Text, tools, options?.AllowMultipleToolCalls ?? true);
        Request request = _model.Generate(_model.Encode(prompt), generation, cancellationToken);
        string id = Guid.NewGuid().ToString("N");
        await foreach (TextPiece piece in request.ConfigureAwait(false))
        {
            foreach (AIContent content in AnswerMapping.Of(parser.Append(piece.Text)))
                yield return Update(id, content);
        }

        cancellationToken.ThrowIfCancellationRequested();
        foreach (AIContent content in AnswerMapping.Of(parser.Flush()))
            yield return Update(id, content);

        foreach (ToolCall call in parser.Answer.ToolCalls)
            yield return Update(id, AnswerMapping.Of(call));

        ChatResponseUpdate last = Update(id, AnswerMapping.UsageOf(request));
        last.FinishReason = AnswerMapping.FinishOf(request, parser.Answer);
        yield return last;
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType == typeof(LanguageModel) ? _model
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsModel)
            _model.Dispose();
    }

    private ChatResponseUpdate Update(string id, AIContent content) => new(ChatRole.Assistant, [content]) { ResponseId = id, MessageId = id, ModelId = _metadata.DefaultModelId, CreatedAt = DateTimeOffset.UtcNow };
}
