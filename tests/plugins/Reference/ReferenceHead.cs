using Spud;

namespace Reference;

/// <summary>Embedding rows, and the final norm with the output matrix.</summary>
internal sealed class ReferenceHead : IHead, IFinalNorm
{
    private readonly ModelDescription _model;
    private readonly TensorView _embedding, _norm, _output;
    private readonly double[] _row;

    public ReferenceHead(IBuildContext build, IMemoryDomain domain)
    {
        (_model, Domain) = (build.Model, domain);
        (int v, int c) = (_model.Vocabulary, _model.HiddenWidth);
        _embedding = build.Take(domain, "token_embd.weight", v, c);
        _norm = build.Take(domain, "output_norm.weight", c);
        _output = _model.Has(Trait.TiedHead) ? _embedding : build.Take(domain, "output.weight", v, c);
        _row = new double[c];
    }

    public IMemoryDomain Domain { get; }

    public void Embed(in Step step, in TensorView hidden)
    {
        Shape.Require(hidden, [step.Rows, _model.HiddenWidth], "hidden", "[T, C]");
        float scale = _model.Number(Trait.EmbeddingScale, 1);
        for (int row = 0; row < step.Rows; row++)
        {
            ReadOnlySpan<float> from = _embedding.At(step.TokenIds.Ints[row]).Floats;
            Span<float> to = hidden.At(row).Floats;
            for (int i = 0; i < to.Length; i++)
                to[i] = from[i] * scale;
        }
    }

    public void Logits(in Step step, in TensorView hidden, ReadOnlySpan<int> rows, in TensorView logits)
    {
        Shape.Require(hidden, [step.Rows, _model.HiddenWidth], "hidden", "[T, C]");
        Shape.Require(logits, [rows.Length, _model.Vocabulary], "logits", "[R, V]");
        double scale = _model.Number(Trait.LogitScale, 1);
        for (int i = 0; i < rows.Length; i++)
        {
            Arithmetic.Widen(hidden.At(rows[i]).Floats, _row);
            Arithmetic.RmsNorm(_row, _norm.Floats, _model.NormEpsilon, _row);
            Span<float> to = logits.At(i).Floats;
            for (int v = 0; v < to.Length; v++)
                to[v] = (float)(scale * Arithmetic.Dot(_output.At(v).Floats, _row));
        }
    }

    public void Normalise(in Step step, in TensorView hidden, ReadOnlySpan<int> rows, in TensorView normed)
    {
        Shape.Require(hidden, [step.Rows, _model.HiddenWidth], "hidden", "[T, C]");
        Shape.Require(normed, [rows.Length, _model.HiddenWidth], "normed", "[R, C]");
        for (int i = 0; i < rows.Length; i++)
        {
            Arithmetic.Widen(hidden.At(rows[i]).Floats, _row);
            Arithmetic.RmsNorm(_row, _norm.Floats, _model.NormEpsilon, _row);
            Span<float> to = normed.At(i).Floats;
            for (int c = 0; c < to.Length; c++)
                to[c] = (float)_row[c];
        }
    }

    public void Dispose()
    {
    }
}
