using Attention.DualChunk.Kernels;
using Spud;
using Spud.Numerics;
using Rope = Spud.Rope;

namespace Attention.DualChunk;

/// <summary>Copies of a step's queries, rotated for the keys of a chunk.</summary>
internal sealed class QueryTurner
{
    private readonly ChunkRule _rule;
    private readonly WorkerPool _pool;
    private readonly IMemoryDomain _domain;
    private readonly ModelDescription _model;
    private readonly RopeAngles?[] _angles;
    private readonly TensorView _scratch;
    private readonly Workspace _turned;
    private readonly Workspace? _asked, _onHost;
    private readonly int? _scaledFrom;

    /// <param name="build">Model and memory.</param>
    /// <param name="rule">Distances.</param>
    /// <param name="scaleScores">Whether scores beyond the trained length are scaled.</param>
    public QueryTurner(IFoldBuildContext build, ChunkRule rule, bool scaleScores)
    {
        (_rule, _pool, _domain, _model) = (rule, build.Pool, build.Domain, build.Model);
        _scaledFrom = scaleScores ? build.Model.ContextTokens : null;
        _angles = AnglesOf(build.Model, build.Layers);
        int half = Math.Max(1, build.Layers.Max(layer => build.Model.Layers[layer].Rope?.Width ?? 0) / 2);
        _scratch = build.Allocate(build.Host, ElementType.F32, build.Pool.Threads, 2, half);
        long bytes = sizeof(float) * (long)build.Limits.Rows * build.Layers.Max(layer => build.Model.Layers[layer].QueryHeads * build.Model.Layers[layer].Kv.KeyWidth);
        _turned = build.Reserve(build.Domain, bytes);
        if (!build.Domain.IsHost)
            (_asked, _onHost) = (build.Reserve(build.Host, bytes), build.Reserve(build.Host, bytes));
    }

    /// <summary>Whether queries of a layer are rotated by their positions.</summary>
    public bool Turns(int layer) => _angles[layer] is not null;

    /// <summary>Whether scores of rows up to a position are scaled.</summary>
    public bool Scales(int lastPosition) => lastPosition >= _scaledFrom;

    /// <summary>A step's queries in host memory, where they are rotated.</summary>
    public TensorView Begin(in TensorView query)
    {
        if (_asked is null)
            return query;

        TensorView asked = _asked.View(ElementType.F32, query.Shape);
        _domain.Copy(query, asked);
        _domain.Wait();
        return asked;
    }

    /// <summary>The queries rotated for the keys of a chunk, in the domain of the fold.</summary>
    /// <param name="layer">Layer of the model with rotated queries.</param>
    /// <param name="step">Their rows.</param>
    /// <param name="query">The result of <see cref="Begin"/>.</param>
    /// <param name="chunk">The keys'.</param>
    public TensorView For(int layer, in Step step, in TensorView query, int chunk)
    {
        TensorView turned = _turned.View(ElementType.F32, query.Shape), made = _onHost?.View(ElementType.F32, query.Shape) ?? turned;
        TurnJob job = new()
        {
            Rule = _rule,
            Chunk = chunk,
            Angles = _angles[layer]!,
            Rope = _model.Layers[layer].Rope!,
            ScaledFrom = _scaledFrom ?? int.MaxValue,
            Step = step,
            Query = query,
            Turned = made,
            Scratch = _scratch,
        };
        _pool.Run(step.Rows, ref job);
        if (_onHost is not null)
            _domain.Copy(made, turned);

        return turned;
    }

    // Layers share equal tables. If no distance exceeds the rule's maximum, nothing needs rotation.
    private RopeAngles?[] AnglesOf(ModelDescription model, IEnumerable<int> layers)
    {
        Dictionary<Rope, RopeAngles> known = new(ReferenceEqualityComparer.Instance);
        RopeAngles?[] angles = new RopeAngles?[model.Layers.Length];
        foreach (int layer in layers)
        {
            LayerDescription of = model.Layers[layer];
            if (of.Rope is not { } rope || of.Number(Trait.Window, float.PositiveInfinity) <= _rule.MaxDistance)
                continue;
            if (!known.TryGetValue(rope, out RopeAngles? found))
                known[rope] = found = new(rope.Width, rope.Base, rope.Factors.AsSpan(), magnitude: 1);
            angles[layer] = found;
        }

        return angles;
    }
}
