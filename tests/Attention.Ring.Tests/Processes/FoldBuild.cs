using System.Collections.Immutable;
using Spud;

namespace Attention.Ring.Tests.Processes;

/// <summary>The build context of a decorator in a test.</summary>
internal sealed class FoldBuild(IBuildContext build, CacheLayout layout, string? hash = null) : IFoldBuildContext
{
    public IMemoryDomain Domain => build.Host;

    public WorkerPool Pool => build.Pool;

    public ModelDescription Model => build.Model;

    public string ModelHash => hash ?? build.ModelHash;

    public ImmutableArray<int> Layers => build.Layers;

    public Limits Limits => build.Limits;

    public IWeightSource Weights => build.Weights;

    public IMemoryDomain Host => build.Host;

    public IPack? Pack => build.Pack;

    public CacheLayout Layout(int layer) => layout;

    public TensorView Allocate(IMemoryDomain domain, ElementType type, params ReadOnlySpan<int> shape) => build.Allocate(domain, type, shape);

    public Workspace Reserve(IMemoryDomain domain, long bytes) => build.Reserve(domain, bytes);

    public void EstimateNative(IMemoryDomain domain, long bytes) => build.EstimateNative(domain, bytes);

    public T Component<T>(ComponentSpec spec)
        where T : class, IDisposable => build.Component<T>(spec);

    public Figure Figure(string name) => build.Figure(name);

    public void Log(string line) => build.Log(line);
}
