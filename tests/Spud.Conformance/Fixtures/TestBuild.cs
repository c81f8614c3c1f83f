using System.Collections.Immutable;
using Spud.Runtime.Execution;

namespace Spud.Conformance.Fixtures;

/// <summary>
/// A build context over random weights: whatever a component takes is made up from the name, and the oracle reads the same numbers back.
/// The arena is filled with NaN before every call, since a workspace holds nothing from call to call.
/// </summary>
public sealed class TestBuild : IBuildContext, IWeightSource, IDisposable
{
    private readonly MemoryAccount _memory = new("test");
    private readonly WorkerThreads _pool;
    private readonly List<Workspace> _workspaces = [];
    private readonly Dictionary<string, TensorView> _weights = [];
    private TensorView _arena;

    /// <summary>A context for one layer, number 0.</summary>
    public TestBuild(ModelDescription model, int threads = 2, ElementType weights = ElementType.F32, Limits? limits = null)
    {
        (Model, MatrixType) = (model, weights);
        Limits = limits ?? new() { Rows = 96, Sequences = 8, ContextTokens = 2048, LogitRows = 8 };
        _pool = new WorkerThreads(threads);
    }

    /// <inheritdoc/>
    public ModelDescription Model { get; }

    /// <inheritdoc/>
    public string ModelHash { get; init; } = new('0', 64);

    /// <summary>Type of matrices whose rows are whole blocks of it; the others and all vectors are F32.</summary>
    public ElementType MatrixType { get; }

    /// <inheritdoc/>
    public ImmutableArray<int> Layers { get; } = [0];

    /// <inheritdoc/>
    public Limits Limits { get; }

    /// <inheritdoc/>
    public IWeightSource Weights => this;

    /// <inheritdoc/>
    public WorkerPool Pool => _pool;

    /// <inheritdoc/>
    public IMemoryDomain Host { get; } = new HostDomain();

    /// <summary>Names taken so far.</summary>
    public IReadOnlyCollection<string> Taken => _weights.Keys;

    /// <inheritdoc/>
    public TensorView Allocate(IMemoryDomain domain, ElementType type, params ReadOnlySpan<int> shape) => _memory.Allocate(domain, type, shape);

    /// <inheritdoc/>
    public Workspace Reserve(IMemoryDomain domain, long bytes)
    {
        Workspace workspace = new(domain, bytes);
        _workspaces.Add(workspace);
        return workspace;
    }

    /// <inheritdoc/>
    public void EstimateNative(IMemoryDomain domain, long bytes)
    {
    }

    /// <inheritdoc/>
    public void Log(string line)
    {
    }

    /// <inheritdoc/>
    public TensorView Take(string name, params ReadOnlySpan<int> shape)
    {
        if (_weights.TryGetValue(name, out TensorView known))
            return known;

        TensorView exact = Floats(Samples.Of(name, Count(shape), name.Contains("norm") ? 1 : 0), shape);
        bool typed = shape.Length > 1 && shape[^1] % MatrixType.BlockElements == 0;
        TensorView weight = _memory.Allocate(Host, typed ? MatrixType : ElementType.F32, shape);
        Host.Copy(exact, weight);
        return _weights[name] = weight;
    }

    /// <inheritdoc/>
    public void Release(in TensorView weight)
    {
    }

    /// <summary>What a component reads of a weight that it took, in double precision.</summary>
    public double[] Read(string name)
    {
        TensorView weight = _weights[name], exact = _memory.Allocate(Host, ElementType.F32, weight.Shape);
        Host.Copy(weight, exact);
        return [.. exact.AsSpan<float>().ToArray().Select(value => (double)value)];
    }

    /// <summary>A view of a copy of these numbers.</summary>
    public TensorView Floats(ReadOnlySpan<float> values, params ReadOnlySpan<int> shape)
    {
        TensorView view = _memory.Allocate(Host, ElementType.F32, shape);
        values.CopyTo(view.AsSpan<float>());
        return view;
    }

    /// <summary>A view of a copy of these numbers.</summary>
    public TensorView Ints(ReadOnlySpan<int> values, params ReadOnlySpan<int> shape)
    {
        TensorView view = _memory.Allocate(Host, ElementType.I32, shape);
        values.CopyTo(view.AsSpan<int>());
        return view;
    }

    /// <summary>Called when components are built, and before every call of one: the arena's bytes mean nothing from now on.</summary>
    public void Spoil()
    {
        if (!_arena.IsPresent)
        {
            long bytes = _workspaces.Sum(workspace => (workspace.Bytes + 63) / 64 * 64);
            _arena = _memory.Allocate(Host, ElementType.F32, checked((int)(bytes / sizeof(float))) + 16);
            nint address = _arena.Address;
            foreach (Workspace workspace in _workspaces)
            {
                workspace.Address = address;
                address += (nint)((workspace.Bytes + 63) / 64 * 64);
            }
        }

        _arena.AsSpan<float>().Fill(float.NaN);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pool.Dispose();
        _memory.Dispose();
    }

    private static int Count(ReadOnlySpan<int> shape)
    {
        int count = 1;
        foreach (int axis in shape)
            count *= axis;

        return count;
    }
}
