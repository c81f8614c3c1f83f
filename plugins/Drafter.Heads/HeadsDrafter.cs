using Drafter.Heads.Kernels;
using Spud;

namespace Drafter.Heads;

/// <summary>Proposes the tokens that trained blocks find most likely, given the final hidden row of the last token that the model has read, and the token behind it.</summary>
internal sealed class HeadsDrafter : IDrafter, IComputesDrafts
{
    private readonly HeadsOptions _options;
    private readonly HeadBlocks _blocks;
    private readonly IMemoryDomain _host;
    private readonly TensorView _embedding, _token;
    private readonly RoundedRow _input, _state, _embedded;
    private readonly float[] _sum, _logits;

    /// <exception cref="RefusedException">There is no pack for the model.</exception>
    public HeadsDrafter(HeadsOptions options, DrafterBuild build)
    {
        IBuildContext context = build.Context;
        int c = context.Model.HiddenWidth;
        IPack pack = context.Pack ?? throw new RefusedException("there are no trained blocks for this model: name a pack that was trained for it with 'pack'");
        (_options, _host, _blocks) = (options, context.Host, new HeadBlocks(context, pack));
        _embedding = context.Weights.Take("token_embd.weight", context.Model.Vocabulary, c);
        _token = context.Allocate(context.Host, ElementType.F32, c);
        (_input, _state, _embedded) = (new(context, c), new(context, c), new(context, c));
        (_sum, _logits) = (new float[c], new float[_blocks.Tokens.Length]);
        build.ReadsHidden = true;
    }

    /// <inheritdoc/>
    public int MaxTokens => Math.Min(_options.Length, _blocks.Count);

    /// <inheritdoc/>
    public RowCost TokenCost => _blocks.TokenCost;

    /// <inheritdoc/>
    public void Propose(in DraftText text, Draft draft)
    {
        if (text.Hidden.IsEmpty)
            return;

        _input.Set(text.Hidden);
        int last = text.Ids[^1];
        while (draft.Count < draft.MaxTokens)
        {
            if (_blocks.SeesTokens)
                Embed(last);

            _blocks.Run(draft.Count, _input, _embedded, _sum, _state.Exact);
            _state.Round();
            _blocks.Logits(_state, _logits);
            if (Best() is not { } best)
                return;

            draft.Add(last = _blocks.Tokens[best]);
            if (_blocks.SeesTokens)
                _input.Set(_state.Exact);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Embed(int id)
    {
        _host.Copy(_embedding.At(id), _token);
        ReadOnlySpan<float> row = _token.AsSpan<float>();
        float squares = 0;
        foreach (float value in row)
            squares += value * value;

        float factor = 1 / MathF.Sqrt(Math.Max(squares / row.Length, 1e-30f));
        for (int i = 0; i < row.Length; i++)
            _embedded.Exact[i] = row[i] * factor;

        _embedded.Round();
    }

    /// <summary>The most likely token's place; null if it is not likely enough.</summary>
    private int? Best()
    {
        int best = 0;
        for (int i = 1; i < _logits.Length; i++)
            best = _logits[i] > _logits[best] ? i : best;

        float max = _logits[best];
        if (!float.IsFinite(max))
            return null;

        double sum = 0;
        foreach (float logit in _logits)
        {
            // What is further away does not count.
            if (logit > max - 20)
                sum += Math.Exp(logit - max);
        }

        return 1 / sum >= _options.MinProbability ? best : null;
    }
}
