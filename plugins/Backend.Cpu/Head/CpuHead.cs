using Backend.Cpu.Kernels;
using Backend.Cpu.Shared;
using Spud;

namespace Backend.Cpu.Head;

/// <summary>Embedding rows, and the final norm with the output matrix.</summary>
internal sealed class CpuHead : IHead, IFinalNorm
{
    private readonly IBuildContext _build;
    private readonly TensorView _embedding;
    private readonly TensorView _norm;
    private readonly Linear _output;
    private readonly float _embeddingScale;
    private readonly float _logitScale;
    private readonly Workspace _workspace;
    private readonly long _normedOffset, _roundedOffset, _scratchOffset;
    private readonly int _scratchFloats;

    public CpuHead(HeadOptions options, IBuildContext build)
    {
        ModelDescription model = build.Model;
        (_build, int c, int v) = (build, model.HiddenWidth, model.Vocabulary);
        _embedding = build.Weights.Take("token_embd.weight", v, c);
        _norm = build.TakeFloats("output_norm.weight", c);
        Packing packing = new(build, options.Activations);
        _output = model.Has(Trait.TiedHead)
            ? Linear.Share(packing, _embedding)
            : Linear.Take(build, packing, "output.weight", v, c);
        packing.Run();
        _embeddingScale = model.Number(Trait.EmbeddingScale, 1);
        _logitScale = model.Number(Trait.LogitScale, 1);

        ScratchPlan plan = new();
        _normedOffset = plan.AddFloats((long)build.Limits.LogitRows * c);
        _roundedOffset = plan.Add(_output.ReadsRounded ? Activations.RoundedBytes(build.Limits.LogitRows, c) : 0);
        _scratchFloats = Product.ScratchFloats(_output, build.Limits.LogitRows);
        _scratchOffset = plan.AddFloats((long)build.Pool.Threads * _scratchFloats);
        _workspace = build.Reserve(build.Host, plan.Bytes);
    }

    public IMemoryDomain Domain => _build.Host;

    public void Embed(in Step step, in TensorView hidden)
    {
        Shape.Require(hidden, [step.Rows, _build.Model.HiddenWidth], "hidden", "[T, C]");
        ReadOnlySpan<int> ids = step.TokenIds.AsSpan<int>();
        for (int row = 0; row < ids.Length; row++)
            _build.Host.Copy(_embedding.At(ids[row]), hidden.At(row));

        if (_embeddingScale != 1)
            Vectors.Scale(_embeddingScale, hidden.AsSpan<float>(), hidden.AsSpan<float>());
    }

    public void Logits(in Step step, in TensorView hidden, ReadOnlySpan<int> rows, in TensorView logits)
    {
        int c = _build.Model.HiddenWidth;
        Shape.Require(hidden, [step.Rows, c], "hidden", "[T, C]");
        Shape.Require(logits, [rows.Length, _output.Outputs], "logits", "[R, V]");
        TensorView exact = _workspace.ViewAt(_normedOffset, ElementType.F32, rows.Length, c);
        Activations normed = new(rows.Length, c, exact, _output.ReadsRounded ? _workspace.AddressAt(_roundedOffset) : 0);
        for (int i = 0; i < rows.Length; i++)
        {
            Vectors.RmsNorm(hidden.At(rows[i]).AsSpan<float>(), _norm.AsSpan<float>(), _build.Model.NormEpsilon, exact.At(i).AsSpan<float>());
            normed.Round(i);
        }

        ProductJob job = new()
        {
            Product = new Product
            {
                Matrix = _output,
                Bias = default,
                Factor = _logitScale,
                Adds = false,
                Input = normed,
                Output = logits,
                Scratch = new(_workspace.ViewAt(_scratchOffset, ElementType.F32, _build.Pool.Threads, _scratchFloats)),
            },
            Tiles = TileRange.Share(_output.Tiles, rows.Length, _build.Pool.Threads),
        };
        _build.Pool.Run(job.Tiles.Parts, ref job);
    }

    public void Normalise(in Step step, in TensorView hidden, ReadOnlySpan<int> rows, in TensorView normed)
    {
        int c = _build.Model.HiddenWidth;
        Shape.Require(hidden, [step.Rows, c], "hidden", "[T, C]");
        Shape.Require(normed, [rows.Length, c], "normed", "[R, C]");
        for (int i = 0; i < rows.Length; i++)
            Vectors.RmsNorm(hidden.At(rows[i]).AsSpan<float>(), _norm.AsSpan<float>(), _build.Model.NormEpsilon, normed.At(i).AsSpan<float>());
    }

    public void Dispose()
    {
    }
}
