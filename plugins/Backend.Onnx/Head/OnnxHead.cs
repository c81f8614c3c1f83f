using Backend.Onnx.Graphs;
using Backend.Onnx.Kernels;
using Backend.Onnx.Native;
using Backend.Onnx.Shared;
using Backend.Onnx.Weights;
using Spud;

namespace Backend.Onnx.Head;

/// <summary>Embedding rows, read from the model's file, and a graph of the final norm with the output matrix.</summary>
internal sealed class OnnxHead : IHead
{
    private readonly IBuildContext _build;
    private readonly Sessions _sessions;
    private readonly TensorView _embedding;
    private readonly float _embeddingScale;
    private readonly Workspace _rows;
    private readonly Binding _logits;
    private readonly int _hiddenSlot, _logitsSlot;

    public OnnxHead(HeadOptions options, IBuildContext build, Sessions sessions)
    {
        ModelDescription model = build.Model;
        (_build, _sessions, int c, int v) = (build, sessions, model.HiddenWidth, model.Vocabulary);
        WeightReader weights = new(build, options);
        _embedding = build.Weights.Take("token_embd.weight", v, c);
        _embeddingScale = model.Number(Trait.EmbeddingScale, 1);
        _rows = build.Reserve(build.Host, (long)build.Limits.LogitRows * c * sizeof(float));
        build.EstimateNative(build.Host, (long)build.Limits.LogitRows * c * sizeof(float));

        Graph graph = new();
        string normed = graph.RmsNorm(graph.Input("hidden", ElementType.F32, "R", c), "norm", weights.Floats("output_norm.weight", c), model.NormEpsilon);
        Matrix matrix = model.Has(Trait.TiedHead) ? weights.Share(_embedding) : weights.Matrix("output.weight", v, c);
        graph.Output(graph.Scaled(matrix.Product(graph, "output", normed), model.Number(Trait.LogitScale, 1)), "logits", ElementType.F32, "R", v);
        _logits = sessions.Bind(graph);
        (_hiddenSlot, _logitsSlot) = (_logits.SlotOf("hidden"), _logits.SlotOf("logits"));
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
        Shape.Require(logits, [rows.Length, _build.Model.Vocabulary], "logits", "[R, V]");
        if (rows.IsEmpty)
            return;

        _logits.Set(_hiddenSlot, Gathered(hidden, rows));
        _logits.Set(_logitsSlot, logits);
        _logits.Run();
    }

    public void Dispose() => _sessions.Dispose();

    // Rows that lie together are read where they are.
    private TensorView Gathered(in TensorView hidden, ReadOnlySpan<int> rows)
    {
        if (rows[^1] - rows[0] + 1 == rows.Length)
            return hidden.Rows(rows[0], rows.Length);

        TensorView gathered = _rows.View(ElementType.F32, rows.Length, hidden.Shape[1]);
        for (int i = 0; i < rows.Length; i++)
            _build.Host.Copy(hidden.At(rows[i]), gathered.At(i));
        return gathered;
    }
}
