using System.Collections.Immutable;
using Spud.Execution;
using Spud.Models;

namespace Spud.Conformance.Fixtures;

/// <summary>
/// A build context over random weights, which depend on their names, so that the oracle reads the same numbers.
/// Arenas are filled with NaN before every call, since a workspace holds nothing from call to call.
/// </summary>
public sealed class TestBuild : IBuildContext, IWeightSource, IDisposable
{
    private readonly TestMemory _memory = new();
    private readonly WorkerThreads _pool;
    private readonly TestArenas _arenas;
    private readonly Dictionary<string, TensorView> _weights = [];
    private readonly Dictionary<string, double[]> _exact = [];
    private readonly List<IDisposable> _inner = [];
    private readonly List<(PackFile File, string Path)> _packs = [];
    private Func<ComponentSpec, IDisposable>? _inside;

    /// <summary>A context for one layer, number 0.</summary>
    public TestBuild(ModelDescription model, int threads = 2, ElementType weights = ElementType.F32, Limits? limits = null)
    {
        (Model, MatrixType) = (model, weights);
        Limits = limits ?? new() { Rows = 96, Sequences = 8, ContextTokens = 2048, LogitRows = 8 };
        _pool = new WorkerThreads(threads);
        _arenas = new TestArenas(Host, _memory);
    }

    /// <inheritdoc/>
    public ModelDescription Model { get; }

    /// <inheritdoc/>
    public string ModelHash { get; init; } = new('0', 64);

    /// <summary>Type of matrices whose rows are whole blocks of it; the others and all vectors are F32.</summary>
    public ElementType MatrixType { get; }

    /// <summary>How many weights can be taken before the file turns out to lack one; null: it has all.</summary>
    public int? WeightsThere { get; init; }

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

    /// <summary>Bytes allocated through it and not given back yet.</summary>
    public long AllocatedBytes => _memory.Bytes;

    /// <inheritdoc/>
    public TensorView Allocate(IMemoryDomain domain, ElementType type, params ReadOnlySpan<int> shape) => _memory.Allocate(domain, type, shape);

    /// <inheritdoc/>
    public Workspace Reserve(IMemoryDomain domain, long bytes) => _arenas.Reserve(domain, bytes);

    /// <inheritdoc/>
    public void EstimateNative(IMemoryDomain domain, long bytes)
    {
        ArgumentNullException.ThrowIfNull(domain);
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
    }

    /// <inheritdoc/>
    public IPack? Pack { get; private set; }

    /// <inheritdoc/>
    public T Component<T>(ComponentSpec spec)
        where T : class, IDisposable
    {
        Func<ComponentSpec, IDisposable> build = _inside ?? throw new InvalidOperationException("build.Component can only be called while the component is built");
        IDisposable inner = build(spec);
        _inner.Add(inner);
        return inner as T ?? throw new RefusedException($"'{spec.Use}' is not of type {typeof(T).Name}");
    }

    /// <inheritdoc/>
    public Figure Figure(string name) => new(name, Limits.Sequences);

    /// <summary>Until it is disposed, this is how a component is built on another one, and the pack of the component that is built.</summary>
    internal IDisposable Inside(Func<ComponentSpec, IDisposable> build, TestPack? pack)
    {
        Restore before = new(this, _inside, Pack);
        (_inside, Pack) = (build, pack is null ? null : Open(pack));
        return before;
    }

    /// <inheritdoc/>
    public void Log(string line) => ArgumentNullException.ThrowIfNull(line);

    /// <inheritdoc/>
    public TensorView Take(string name, params ReadOnlySpan<int> shape)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_weights.TryGetValue(name, out TensorView known))
            return known;
        if (_weights.Count == WeightsThere)
            throw new RefusedException($"the model has no tensor '{name}' [{Shape.Text(shape)}]");

        bool typed = shape.Length > 1 && shape[^1] % MatrixType.BlockElements == 0;
        TensorView weight = _memory.Allocate(Host, typed ? MatrixType : ElementType.F32, shape);
        TestWeights.Fill(Host, name, weight);
        return _weights[name] = weight;
    }

    /// <inheritdoc/>
    public void Release(in TensorView weight)
    {
        nint address = weight.Address;
        if (!_weights.Values.Any(taken => taken.Address == address))
            throw new ArgumentException("Release: this view is not a weight that the component took", nameof(weight));
    }

    /// <summary>What a component reads of a weight that it took, in double precision.</summary>
    public double[] Read(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_exact.TryGetValue(name, out double[]? known))
            return known;

        // A component that takes too few is wrong about the numbers, not about the names.
        TensorView weight = _weights.TryGetValue(name, out TensorView taken) ? taken : throw new InvalidOperationException($"the component never took '{name}'");
        using TestMemory scratch = new();
        TensorView floats = scratch.Allocate(Host, ElementType.F32, weight.Shape);
        Host.Copy(weight, floats);
        return _exact[name] = [.. floats.AsSpan<float>().ToArray().Select(value => (double)value)];
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

    /// <summary>Called when components are built, and before every call of one: the arenas' content is undefined from now on.</summary>
    public void Spoil() => _arenas.Spoil();

    /// <inheritdoc/>
    public void Dispose()
    {
        _inner.ForEach(static component => component.Dispose());
        _inner.Clear();
        foreach ((PackFile file, string path) in _packs)
        {
            file.Dispose();
            File.Delete(path);
        }

        _packs.Clear();
        _pool.Dispose();
        _memory.Dispose();
    }

    private PackFile Open(TestPack pack)
    {
        string path = Path.Combine(Path.GetTempPath(), $"spud-conformance-{Guid.NewGuid():N}.pack.gguf");
        pack.Save(path, ModelHash);
        PackFile file = PackFile.Open(path, ModelHash, Host);
        _packs.Add((file, path));
        return file;
    }

    private sealed class Restore(TestBuild build, Func<ComponentSpec, IDisposable>? before, IPack? pack) : IDisposable
    {
        public void Dispose() => (build._inside, build.Pack) = (before, pack);
    }
}
