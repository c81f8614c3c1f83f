using Backend.Onnx.Shared;
using Backend.Onnx.Weights;
using Spud;

namespace Backend.Onnx.Attention;

/// <summary>Creates the layers of an attention, which share what they can.</summary>
internal sealed class LayerFactory(IBuildContext build, Sessions sessions, WeightReader weights)
{
    private readonly List<RopeTable> _tables = [];
    private readonly Dictionary<FoldKind, FoldGraph> _folds = [];
    private readonly HashSet<Geometry> _shapes = [];

    /// <summary>Geometries of all layers so far.</summary>
    public IReadOnlyCollection<Geometry> Shapes => _shapes;

    public AttentionLayer Make(int layer)
    {
        LayerDescription model = build.Model.Layers[layer];
        Geometry shape = new(model);
        _shapes.Add(shape);
        RopeTable? rope = TableFor(model.Rope);
        return new AttentionLayer
        {
            Shape = shape,
            Window = model.Has(Trait.Window) ? (int)model.Number(Trait.Window, 0) : int.MaxValue,
            Rope = rope,
            Project = new ProjectGraph(build, sessions, weights, layer, rope),
            Finish = new FinishGraph(build, sessions, weights, layer),
            FoldRow = FoldFor(new(shape, Rows: false, Masked: false)),
            FoldRows = FoldFor(new(shape, Rows: true, Masked: false)),
            FoldMasked = FoldFor(new(shape, Rows: true, Masked: true)),
        };
    }

    private FoldGraph FoldFor(FoldKind kind) =>
        _folds.TryGetValue(kind, out FoldGraph? known) ? known : _folds[kind] = new FoldGraph(kind, sessions);

    private RopeTable? TableFor(Rope? rope)
    {
        if (rope is null)
            return null;
        if (_tables.Find(table => table.Serves(rope)) is { } known)
            return known;

        RopeTable made = new(build, sessions.Domain, rope);
        _tables.Add(made);
        return made;
    }
}
