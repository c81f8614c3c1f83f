using Microsoft.Extensions.AI;
using Spud.Embeddings;

namespace Spud.Extensions.AI;

/// <summary>A model as a generator of embeddings, vectors of length 1. Thread-safe; chats of the same model go on meanwhile.</summary>
public sealed class SpudEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly LanguageModel _model;
    private readonly Pooling _pooling;
    private readonly EmbeddingGeneratorMetadata _metadata;

    /// <summary>Creates a generator. The model stays its creator's.</summary>
    /// <param name="model">A model whose head provides rows after the final norm.</param>
    /// <param name="pooling">How rows are pooled.</param>
    public SpudEmbeddingGenerator(LanguageModel model, Pooling pooling = Pooling.Mean)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _pooling) = (model, pooling);
        _metadata = new("spud", defaultModelId: Path.GetFileNameWithoutExtension(model.Pipeline.File.Path), defaultModelDimensions: model.Pipeline.Model.HiddenWidth);
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Another number of dimensions is asked for than the model's.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options?.Dimensions is { } wanted && wanted != _metadata.DefaultModelDimensions)
            throw new NotSupportedException($"Dimensions: this model's embeddings have {_metadata.DefaultModelDimensions} dimensions, which cannot be reduced; got {wanted}.");

        GeneratedEmbeddings<Embedding<float>> all = [];
        long tokens = 0;
        foreach (string value in values)
        {
            _model.RequireRoom(value);
            TextEmbedding embedding = await _model.EmbedAsync(_model.Encode(value), _pooling, cancellationToken).ConfigureAwait(false);
            all.Add(new(embedding.Values) { ModelId = _metadata.DefaultModelId, CreatedAt = DateTimeOffset.UtcNow });
            tokens += embedding.Tokens;
        }

        all.Usage = new() { InputTokenCount = tokens, TotalTokenCount = tokens };
        return all;
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType == typeof(LanguageModel) ? _model
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The model is its creator's.
    }
}
