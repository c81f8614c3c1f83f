using Spud;

namespace Drafter.Model;

/// <summary>
/// Proposes the tokens that a draft model finds most likely; at a temperature above 0, tokens drawn from its distribution over the most likely ones, at that
/// temperature.
/// </summary>
internal sealed class ModelDrafter : IDrafter
{
    private readonly ModelOptions _options;
    private readonly IDraftModel _model;
    private readonly TopTokens _top = new();

    /// <exception cref="RefusedException">There is no draft model, or it cannot be used.</exception>
    public ModelDrafter(ModelOptions options, DrafterBuild build)
    {
        _options = options;
        _model = build.OpenModel(options.Path ?? throw new RefusedException("option 'path' is missing: the GGUF file of a smaller model with the same tokenizer"));
    }

    /// <inheritdoc/>
    public int MaxTokens => _options.Length;

    /// <inheritdoc/>
    public void Propose(in DraftText text, Draft draft)
    {
        bool draws = _options.Draws && text.Temperature > 0;
        while (draft.Count < draft.MaxTokens)
        {
            ReadOnlySpan<float> logits = _model.Next(text, draft.Tokens);
            if (logits.IsEmpty || !_top.Take(logits, draws ? text.Temperature : 1) || _top.MaxProbability < _options.MinProbability)
                return;

            if (draws)
                draft.Add(_top.Draw(text.Random[draft.Count]), _top.Ids, _top.Probabilities);
            else
                draft.Add(_top.Best);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
