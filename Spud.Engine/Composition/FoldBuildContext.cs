using System.Collections.Immutable;

namespace Spud.Composition;

/// <summary>The build context of an attention, as seen by a fold of one rank.</summary>
internal sealed class FoldBuildContext(IBuildContext build, FoldRank rank, Func<int, CacheLayout> layout) : IFoldBuildContext
{
    public IMemoryDomain Domain => rank.Domain;

    public WorkerPool Pool => rank.Pool;

    public ModelDescription Model => build.Model;

    public string ModelHash => build.ModelHash;

    public ImmutableArray<int> Layers => build.Layers;

    public Limits Limits => build.Limits;

    public IWeightSource Weights => build.Weights;

    public IMemoryDomain Host => build.Host;

    public CacheLayout Layout(int layer) => layout(layer);

    public TensorView Allocate(IMemoryDomain domain, ElementType type, params ReadOnlySpan<int> shape) => build.Allocate(domain, type, shape);

    public Workspace Reserve(IMemoryDomain domain, long bytes) => build.Reserve(domain, bytes);

    public void EstimateNative(IMemoryDomain domain, long bytes) => build.EstimateNative(domain, bytes);

    public T Component<T>(ComponentSpec spec)
        where T : class, IDisposable => build.Component<T>(spec);

    public IPack? Pack => build.Pack;

    public Figure Figure(string name) => build.Figure(name);

    public void Log(string line) => build.Log(line);
}
