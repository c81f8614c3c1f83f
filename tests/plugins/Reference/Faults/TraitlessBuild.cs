using System.Collections.Frozen;
using System.Collections.Immutable;
using Spud;

namespace Reference;

/// <summary>A build context whose model lacks some traits: what is built in it does not compute them.</summary>
internal sealed class TraitlessBuild(IBuildContext build) : IBuildContext
{
    private static readonly string[] s_lost = [Trait.Window, Trait.Sinks, Trait.Renormalise, Trait.SharedExpert, Trait.SharedGate];

    public ModelDescription Model { get; } = Without(build.Model);

    public string ModelHash => build.ModelHash;

    public ImmutableArray<int> Layers => build.Layers;

    public Limits Limits => build.Limits;

    public IWeightSource Weights => build.Weights;

    public WorkerPool Pool => build.Pool;

    public IMemoryDomain Host => build.Host;

    public TensorView Allocate(IMemoryDomain domain, ElementType type, params ReadOnlySpan<int> shape) => build.Allocate(domain, type, shape);

    public Workspace Reserve(IMemoryDomain domain, long bytes) => build.Reserve(domain, bytes);

    public void EstimateNative(IMemoryDomain domain, long bytes) => build.EstimateNative(domain, bytes);

    public IPack? Pack => build.Pack;

    public T Component<T>(ComponentSpec spec)
        where T : class, IDisposable => build.Component<T>(spec);

    public Figure Figure(string name) => build.Figure(name);

    public void Log(string line) => build.Log(line);

    private static ModelDescription Without(ModelDescription model) => new()
    {
        Architecture = model.Architecture,
        HiddenWidth = model.HiddenWidth,
        Vocabulary = model.Vocabulary,
        ContextTokens = model.ContextTokens,
        NormEpsilon = model.NormEpsilon,
        Traits = model.Traits,
        Layers = [.. model.Layers.Select(Without)],
    };

    private static LayerDescription Without(LayerDescription layer) => new()
    {
        QueryHeads = layer.QueryHeads,
        Kv = layer.Kv,
        Rope = layer.Rope,
        Experts = layer.Experts,
        ExpertsUsed = layer.ExpertsUsed,
        ExpertWidth = layer.ExpertWidth,
        Traits = layer.Traits.Where(trait => !s_lost.Contains(trait.Key)).ToFrozenDictionary(),
    };
}
