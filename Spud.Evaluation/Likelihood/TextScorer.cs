using System.Numerics.Tensors;
using Spud.Composition;
using Spud.Execution;

namespace Spud.Evaluation.Likelihood;

/// <summary>How well a model predicts a text, in one context.</summary>
public sealed class TextScorer
{
    private readonly Engine _engine;
    private readonly Pipeline _pipeline;

    /// <summary>
    /// A scorer over an engine whose pipeline computes several logit rows per step (see <see cref="PipelineOptions.LogitRows"/>): the more, the
    /// faster.
    /// </summary>
    public TextScorer(LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_engine, _pipeline) = (model.Engine, model.Pipeline);
    }

    /// <summary>Scores a text.</summary>
    /// <param name="tokens">At least two ids, at most the context.</param>
    /// <param name="onLogits">Receives the logits [V] of every position, in order; null if not needed.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="ArgumentException">Fewer than two tokens: there is nothing to predict.</exception>
    /// <exception cref="ContextOverflowException">The text is longer than the context.</exception>
    public TextScore Score(ReadOnlySpan<int> tokens, Action<ReadOnlySpan<float>>? onLogits = null, CancellationToken cancellation = default)
    {
        if (tokens.Length < 2)
            throw new ArgumentException($"A text of {tokens.Length} tokens predicts nothing: at least two are needed.", nameof(tokens));
        if (tokens.Length > _pipeline.Limits.ContextTokens)
            throw new ContextOverflowException(tokens.Length, _pipeline.Limits.ContextTokens);

        using Sequence sequence = _engine.Open();
        sequence.Cancellation = cancellation;
        using Batch batch = _engine.NewBatch();
        float[] losses = new float[tokens.Length - 1];
        for (int first = 0; first < tokens.Length; first = sequence.Tokens)
        {
            int rows = _engine.Score(batch, sequence, tokens[first..]);
            cancellation.ThrowIfCancellationRequested();
            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<float> logits = batch.Logits(0, row);
                onLogits?.Invoke(logits);
                if (first + row < losses.Length)
                    losses[first + row] = (float)Loss(logits, tokens[first + row + 1]);
            }
        }

        return new(tokens.Length, losses) { Ledger = sequence.Ledger };
    }

    /// <summary>-ln softmax(logits)[token], summed in double, in nats.</summary>
    private static double Loss(ReadOnlySpan<float> logits, int token)
    {
        float max = TensorPrimitives.Max(logits);
        double sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit - max);

        return Math.Log(sum) + max - logits[token];
    }
}
