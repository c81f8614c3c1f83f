using Backend.Onnx.Graphs;
using Backend.Onnx.Kernels;
using Backend.Onnx.Native;
using Backend.Onnx.Shared;
using Backend.Onnx.Weights;
using Spud;

namespace Backend.Onnx.Head;

/// <summary>Embedding rows, read from the model file, and a graph of the final norm and the output matrix.</summary>
internal sealed class OnnxHead : IHead
{
    private readonly IBuildContext _build;
    private readonly Sessions _sessions;
    private readonly TensorView _embedding;
    private readonly DeviceEmbedding? _lookup;
    private readonly TensorView _hostRows, _deviceRows;
    private readonly float _embeddingScale;
    private readonly Workspace _rows;
    private readonly Binding _logits;
    private readonly int _hiddenSlot, _logitsSlot, _rowsSlot;

    public OnnxHead(HeadOptions options, IBuildContext build, Sessions sessions)
    {
        ModelDescription model = build.Model;
        (_build, _sessions, int c, int v) = (build, sessions, model.HiddenWidth, model.Vocabulary);
        WeightReader weights = new(build, sessions.Device, options);
        RowMatrix? table = Domain.IsHost ? null : weights.Table("token_embd.weight", v, c);
        if (table is null)
            _embedding = build.Weights.Take("token_embd.weight", v, c);
        _embeddingScale = model.Number(Trait.EmbeddingScale, 1);
        _rows = build.Reserve(Domain, (long)build.Limits.LogitRows * c * sizeof(float));
        build.EstimateNative(Domain, (long)build.Limits.LogitRows * c * sizeof(float));

        Graph graph = new();
        string hidden = graph.Input("hidden", ElementType.F32, "R", c), rows = table is null ? hidden : graph.Node("Gather", [hidden, graph.Input("rows", ElementType.I32, "L")]);
        string normed = graph.RmsNorm(rows, "norm", weights.Floats("output_norm.weight", c), model.NormEpsilon);
        Matrix matrix = model.Has(Trait.TiedHead) ? table ?? weights.Share(_embedding) : weights.Matrix("output.weight", v, c);
        graph.Output(graph.Scaled(matrix.Product(graph, "output", normed), model.Number(Trait.LogitScale, 1)), "logits", ElementType.F32, table is null ? "R" : "L", v);
        _logits = sessions.Bind(graph);
        (_hiddenSlot, _logitsSlot) = (_logits.SlotOf("hidden"), _logits.SlotOf("logits"));
        if (table is null)
            return;

        _lookup = new DeviceEmbedding(sessions, table, _embeddingScale);
        _rowsSlot = _logits.SlotOf("rows");
        (_hostRows, _deviceRows) = (build.Allocate(build.Host, ElementType.I32, build.Limits.LogitRows), build.Allocate(Domain, ElementType.I32, build.Limits.LogitRows));
    }

    public IMemoryDomain Domain => _sessions.Domain;

    public void Embed(in Step step, in TensorView hidden)
    {
        Shape.Require(hidden, [step.Rows, _build.Model.HiddenWidth], "hidden", "[T, C]");
        if (_lookup is not null)
        {
            _lookup.Run(step.TokenIds, hidden);
            return;
        }

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

        if (_lookup is null)
            _logits.Set(_hiddenSlot, Gathered(hidden, rows));
        else
            SetRows(hidden, rows);
        _logits.Set(_logitsSlot, logits);
        _logits.Run();
    }

    public void Dispose() => _sessions.Dispose();

    private void SetRows(in TensorView hidden, ReadOnlySpan<int> rows)
    {
        rows.CopyTo(_hostRows.AsSpan<int>());
        TensorView there = _deviceRows.Rows(0, rows.Length);
        Domain.Copy(_hostRows.Rows(0, rows.Length), there);
        _logits.Set(_hiddenSlot, hidden);
        _logits.Set(_rowsSlot, there);
    }

    // Contiguous rows are read in place.
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
