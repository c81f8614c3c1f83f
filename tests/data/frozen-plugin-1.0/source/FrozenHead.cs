using Spud;

namespace Frozen;

internal sealed class FrozenHead : IHead
{
    private readonly ModelDescription _model;
    private readonly TensorView _embedding, _norm, _output;

    public FrozenHead(IBuildContext build, IMemoryDomain domain)
    {
        (_model, Domain) = (build.Model, domain);
        (int v, int c) = (_model.Vocabulary, _model.HiddenWidth);
        (_embedding, _norm) = (build.Take(domain, "token_embd.weight", v, c), build.Take(domain, "output_norm.weight", c));
        _output = _model.Has(Trait.TiedHead) ? _embedding : build.Take(domain, "output.weight", v, c);
        build.Log($"frozen head of {_model.Architecture} {build.ModelHash[..8]}, {_model.ContextTokens} tokens, at most {build.Limits.LogitRows} rows of logits");
    }

    public IMemoryDomain Domain { get; }

    public void Embed(in Step step, in TensorView hidden)
    {
        Shape.Require(hidden, [step.Rows, _model.HiddenWidth], "hidden");
        for (int row = 0; row < step.Rows; row++)
        {
            _embedding.At(step.TokenIds.Ints[row]).Floats.CopyTo(hidden.At(row).Floats);
            foreach (ref float value in hidden.At(row).Floats)
                value *= _model.Number(Trait.EmbeddingScale, 1);
        }
    }

    public void Logits(in Step step, in TensorView hidden, ReadOnlySpan<int> rows, in TensorView logits)
    {
        Shape.Require(logits, [rows.Length, _model.Vocabulary], "logits");
        for (int i = 0; i < rows.Length; i++)
        {
            double[] products = Arithmetic.Multiply(_output.Floats, Arithmetic.RmsNorm(hidden.At(rows[i]).Floats, _norm.Floats, _model.NormEpsilon));
            for (int token = 0; token < products.Length; token++)
                logits.At(i).Floats[token] = (float)products[token] * _model.Number(Trait.LogitScale, 1);
        }
    }

    public void Dispose()
    {
    }
}
