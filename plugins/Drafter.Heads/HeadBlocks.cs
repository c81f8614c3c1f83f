using Drafter.Heads.Kernels;
using Spud;

namespace Drafter.Heads;

/// <summary>
/// The trained blocks of a pack, one for each position of a draft, and the rows of the model's output matrix for the tokens that they can propose.
/// Position k: s_k = p + silu(W_k p + U_k e + b_k), with e the embedding of the token before it, divided by the root of its mean square; the tokens' logits are O s_k.
/// Blocks that see tokens are chained: p = s_(k-1), and s_0 is the model's row h. Those that do not (no U) read p = h.
/// </summary>
internal sealed class HeadBlocks
{
    /// <summary>Maximum number of blocks.</summary>
    public const int MaxCount = 4;

    private readonly (PackedMatrix Hidden, PackedMatrix? Token, float[] Bias)[] _blocks;
    private readonly PackedMatrix _output;

    /// <exception cref="RefusedException">The pack is not one of blocks for this model.</exception>
    public HeadBlocks(IBuildContext build, IPack pack)
    {
        (int c, int v) = (build.Model.HiddenWidth, build.Model.Vocabulary);
        Count = Number(pack, "heads.count", MaxCount);
        SeesTokens = Number(pack, "heads.sees_tokens", 1, min: 0) == 1;
        Tokens = [.. pack.Take("heads.tokens", Number(pack, "heads.token_count", v)).AsSpan<float>().ToArray().Select(id => Id(id, v))];
        _blocks = [.. Enumerable.Range(1, Count).Select(k => (
            PackedMatrix.Of(build, pack.Take($"heads.{k}.hidden", c, c)),
            SeesTokens ? PackedMatrix.Of(build, pack.Take($"heads.{k}.token", c, c)) : null,
            pack.Take($"heads.{k}.bias", c).AsSpan<float>().ToArray()))];
        _output = PackedMatrix.OfRows(build, build.Weights.Take(build.Model.Has(Trait.TiedHead) ? "token_embd.weight" : "output.weight", v, c), Tokens);
    }

    /// <summary>Number of blocks, 1 to <see cref="MaxCount"/>.</summary>
    public int Count { get; }

    /// <summary>Whether blocks see the token before their position, and are chained.</summary>
    public bool SeesTokens { get; }

    /// <summary>[N]: ids that can be proposed, all different.</summary>
    public int[] Tokens { get; }

    /// <summary>Cost of a token: a block, and the logits of all tokens that can be proposed.</summary>
    public RowCost TokenCost
    {
        get
        {
            (PackedMatrix hidden, PackedMatrix? token, _) = _blocks[0];
            RowCost[] parts = [hidden.Cost, token?.Cost ?? default, _output.Cost];
            return new(parts.Sum(static part => part.Flops), parts.Sum(static part => part.WeightBytes));
        }
    }

    /// <summary>Computes a block.</summary>
    /// <param name="k">0 .. <see cref="Count"/> - 1.</param>
    /// <param name="input">F32 [C]: p.</param>
    /// <param name="token">F32 [C]: e; not read without tokens.</param>
    /// <param name="sum">F32 [C], scratch.</param>
    /// <param name="state">F32 [C], written: s_k. It may be the input.</param>
    public void Run(int k, RoundedRow input, RoundedRow token, Span<float> sum, Span<float> state)
    {
        (PackedMatrix hidden, PackedMatrix? tokens, float[] bias) = _blocks[k];
        hidden.Multiply(input, sum);
        input.Exact.CopyTo(state);
        for (int i = 0; i < sum.Length; i++)
            sum[i] += bias[i];

        if (tokens is not null)
            tokens.AddProduct(token, sum);
        for (int i = 0; i < sum.Length; i++)
            state[i] += sum[i] / (1 + MathF.Exp(-sum[i]));
    }

    /// <summary>Computes the logits of <see cref="Tokens"/>.</summary>
    /// <param name="state">F32 [C].</param>
    /// <param name="logits">F32 [N], written.</param>
    public void Logits(RoundedRow state, Span<float> logits) => _output.Multiply(state, logits);

    private static int Number(IPack pack, string key, int most, int min = 1)
    {
        double? number = pack.Number(key);
        return number is { } given && given >= min && given <= most && given == Math.Floor(given) ? (int)given
            : throw new RefusedException($"the pack's '{key}' is {(number is null ? "missing" : $"{number}")}, expected a whole number from {min} to {most}: it was not written by the training program, or for another version");
    }

    private static int Id(float id, int v) => id >= 0 && id < v && id == MathF.Floor(id) ? (int)id
        : throw new RefusedException($"the pack's 'heads.tokens' contains {id}, expected ids below {v}: it was made for another model");
}
