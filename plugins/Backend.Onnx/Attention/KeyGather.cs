using Backend.Shared.Attention;
using Spud;

namespace Backend.Onnx.Attention;

/// <summary>Gathers keys that are not contiguous, or not F32, in scratch memory.</summary>
internal sealed class KeyGather
{
    private readonly Workspace _keys, _values;
    private readonly IMemoryDomain _domain;
    private readonly int[] _positions;
    private Geometry _shape;
    private int _room;

    /// <param name="build">Provides the memory.</param>
    /// <param name="domain">The domain of the keys.</param>
    /// <param name="shapes">Geometries of all layers.</param>
    /// <param name="maxKeys">Maximum number of keys at once.</param>
    public KeyGather(IBuildContext build, IMemoryDomain domain, IReadOnlyCollection<Geometry> shapes, int maxKeys)
    {
        (_domain, _positions, _shape) = (domain, new int[maxKeys], shapes.First());
        _keys = build.Reserve(domain, (long)maxKeys * shapes.Max(shape => shape.KeyOutputs) * sizeof(float));
        _values = build.Reserve(domain, (long)maxKeys * shapes.Max(shape => shape.ValueOutputs) * sizeof(float));
    }

    /// <summary>Number of keys so far.</summary>
    public int Count { get; private set; }

    /// <summary>Whether it is full.</summary>
    public bool IsFull => Count == _room;

    /// <summary>Positions of the keys.</summary>
    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, Count);

    /// <summary>The gathered keys.</summary>
    public KeyBlock Block => new()
    {
        Keys = _keys.View(ElementType.F32, 1).Address,
        Values = _values.View(ElementType.F32, 1).Address,
        KeyStride = (nint)_room * _shape.KeyWidth * sizeof(float),
        ValueStride = (nint)_room * _shape.ValueWidth * sizeof(float),
        Count = Count,
    };

    /// <summary>Clears it and sets the maximum number of keys.</summary>
    public void Clear(Geometry shape, int maxKeys) => (_shape, _room, Count) = (shape, Math.Min(maxKeys, _positions.Length), 0);

    /// <summary>Adds the first keys of a run, as many as fit; returns their number.</summary>
    public int Add(in PageView pages, in KeyRun run)
    {
        int keys = Math.Min(run.Keys, _room - Count);
        KeyRun part = RunSearch.Part(run, pages.PositionsOf(run).AsSpan<int>(), 0, keys);
        for (int head = 0; head < _shape.KvHeads; head++)
        {
            _domain.Copy(pages.KeysOf(part, head), Place(_keys, head, _shape.KeyWidth, keys));
            _domain.Copy(pages.ValuesOf(part, head), Place(_values, head, _shape.ValueWidth, keys));
        }

        pages.PositionsOf(part).AsSpan<int>().CopyTo(_positions.AsSpan(Count));
        Count += keys;
        return keys;
    }

    private TensorView Place(Workspace workspace, int head, int width, int keys) =>
        workspace.ViewAt(((long)head * _room + Count) * width * sizeof(float), ElementType.F32, keys, width);
}
