using Backend.Cpu.Kernels;
using Backend.Cpu.Shared;
using Spud;

namespace Backend.Cpu.Experts;

/// <summary>The workspace of experts.</summary>
internal sealed class ExpertsScratch
{
    private readonly int _threads, _hidden, _maxWidth, _floats;
    private readonly long _normedRounded, _delta, _gathered, _gatheredRounded, _inner, _innerRounded, _sharedWeights, _workers;
    private readonly bool _gathersExact, _innerExact;
    private readonly Workspace _workspace;

    public ExpertsScratch(IBuildContext build, ExpertsLayer[] layers)
    {
        (_threads, _hidden, int t) = (build.Pool.Threads, build.Model.HiddenWidth, build.Limits.Rows);
        bool anyRounded = false, innerRounded = false;
        foreach (int i in build.Layers)
        {
            ExpertsLayer layer = layers[i];
            int shared = layer.Shared is null ? 0 : 1;
            (_maxWidth, MaxExperts) = (Math.Max(_maxWidth, layer.MaxWidth), Math.Max(MaxExperts, layer.Routed.Length));
            MaxEntries = Math.Max(MaxEntries, Math.Max(t * (build.Model.Layers[i].ExpertsUsed + shared), layer.Routed.Length + shared));
            foreach (Expert expert in (ReadOnlySpan<Expert>)[layer.Routed[0], layer.Shared ?? layer.Routed[0]])
            {
                _floats = Math.Max(_floats, Math.Max(GateUpJob.ScratchFloats(expert, t), DownJob.ScratchFloats(expert, t)));
                (_gathersExact, anyRounded) = (_gathersExact | expert.ReadsExact, anyRounded | expert.ReadsRounded);
                (_innerExact, innerRounded) = (_innerExact | !expert.Down.ReadsRounded, innerRounded | expert.Down.ReadsRounded);
            }
        }

        ScratchPlan plan = new();
        plan.AddFloats((long)t * _hidden);
        _normedRounded = plan.Add(anyRounded ? Activations.RoundedBytes(t, _hidden) : 0);
        _delta = plan.AddFloats((long)t * _hidden);
        _gathered = plan.AddFloats(_gathersExact ? (long)MaxEntries * _hidden : 0);
        _gatheredRounded = plan.Add(anyRounded ? MaxEntries * Activations.RoundedBytes(1, _hidden) : 0);
        _inner = plan.AddFloats(_innerExact ? (long)MaxEntries * _maxWidth : 0);
        _innerRounded = plan.Add(innerRounded ? MaxEntries * RoundedStride(_maxWidth) : 0);
        _sharedWeights = plan.AddFloats(t);
        _workers = plan.AddFloats((long)_threads * _floats);
        _workspace = build.Reserve(build.Host, plan.Bytes);
    }

    /// <summary>Maximum number of plan entries processed at once.</summary>
    public int MaxEntries { get; }

    /// <summary>E.</summary>
    public int MaxExperts { get; }

    /// <summary>Scratch of each worker.</summary>
    public WorkerScratch Workers => new(_workspace.ViewAt(_workers, ElementType.F32, _threads, _floats));

    /// <summary>The activations of a step.</summary>
    public ExpertRows Rows(ExpertsLayer layer, int rows)
    {
        bool rounded = layer.Routed[0].ReadsRounded || layer.Shared is { ReadsRounded: true };
        TensorView normed = _workspace.View(ElementType.F32, rows, _hidden);
        return new ExpertRows
        {
            Normed = new Activations(rows, _hidden, normed, rounded ? _workspace.AddressAt(_normedRounded) : 0),
            Gathered = _gathersExact ? _workspace.ViewAt(_gathered, ElementType.F32, MaxEntries, _hidden) : default,
            GatheredRounded = _workspace.AddressAt(_gatheredRounded),
            GatheredStride = Activations.RoundedBytes(1, _hidden),
            Inner = _innerExact ? _workspace.ViewAt(_inner, ElementType.F32, MaxEntries, _maxWidth) : default,
            InnerRounded = _workspace.AddressAt(_innerRounded),
            InnerStride = RoundedStride(_maxWidth),
        };
    }

    /// <summary>F32 [T, C]: the experts' output, before a post-norm.</summary>
    public TensorView Delta(int rows) => _workspace.ViewAt(_delta, ElementType.F32, rows, _hidden);

    /// <summary>F32 [T].</summary>
    public TensorView SharedWeights(int rows) => _workspace.ViewAt(_sharedWeights, ElementType.F32, rows);

    // The widest expert may not divide into whole blocks while a narrower one does: its row is rounded up.
    private static long RoundedStride(int width) => Activations.RoundedBytes(1, (width + 31) / 32 * 32);
}
