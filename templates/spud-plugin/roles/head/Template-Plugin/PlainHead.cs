using System.Numerics.Tensors;
using Spud;

namespace TemplateSpace;

/// <summary>Both ends of a model: a row of the embedding for each token, and the final norm with the output matrix.</summary>
internal sealed class PlainHead : IHead
{
    private readonly IBuildContext _build;
    private readonly TensorView _embedding, _norm, _output;
    private readonly float[][] _scratch;

    public PlainHead(IBuildContext build)
    {
        _build = build;
        (int v, int c) = (build.Model.Vocabulary, build.Model.HiddenWidth);
        _embedding = Take("token_embd.weight", v, c);
        _norm = Take("output_norm.weight", c);
        _output = build.Model.Has(Trait.TiedHead) ? _embedding : Take("output.weight", v, c);
        _scratch = [.. Enumerable.Range(0, build.Pool.Threads).Select(_ => new float[c])];
    }

    public IMemoryDomain Domain => _build.Host;

    public void Embed(in Step step, in TensorView hidden)
    {
        Shape.Require(hidden, [step.Rows, _build.Model.HiddenWidth], "hidden");
        float scale = _build.Model.Number(Trait.EmbeddingScale, 1);
        for (int row = 0; row < step.Rows; row++)
            TensorPrimitives.Multiply(_embedding.At(step.TokenIds.AsSpan<int>()[row]).AsSpan<float>(), scale, hidden.At(row).AsSpan<float>());
    }

    public void Logits(in Step step, in TensorView hidden, ReadOnlySpan<int> rows, in TensorView logits)
    {
        Shape.Require(hidden, [step.Rows, _build.Model.HiddenWidth], "hidden");
        Shape.Require(logits, [rows.Length, _build.Model.Vocabulary], "logits");
        for (int i = 0; i < rows.Length; i++)
        {
            LogitsJob job = new()
            {
                Model = _build.Model,
                Norm = _norm,
                Output = _output,
                Row = hidden.At(rows[i]),
                Logits = logits.At(i),
                Scratch = _scratch,
            };
            _build.Pool.Run((_build.Model.Vocabulary + LogitsJob.Block - 1) / LogitsJob.Block, ref job);
        }
    }

    public void Dispose()
    {
        // Everything was allocated through the build context, which frees it.
    }

    private TensorView Take(string name, params ReadOnlySpan<int> shape)
    {
        TensorView weight = _build.Weights.Take(name, shape), floats = _build.Allocate(_build.Host, ElementType.F32, shape);
        _build.Host.Copy(weight, floats);
        _build.Weights.Release(weight); // the mapped pages may leave memory: there is a copy now
        return floats;
    }
}
