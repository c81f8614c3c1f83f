using Spud;

namespace Backend.Onnx.Experts;

/// <summary>Scratch shared by routed layers on a device: the plan by expert, on the host and on the device.</summary>
internal sealed class DeviceScratch
{
    private readonly IBuildContext _build;
    private readonly IMemoryDomain _domain;
    private readonly Workspace _delta;
    private readonly ExpertGroups _groups;
    private readonly TensorView _zeros, _hostRows, _hostMultipliers;
    private readonly PlanMirror _mirror;

    public DeviceScratch(IBuildContext build, IMemoryDomain domain, int maxExperts)
    {
        (_build, _domain) = (build, domain);
        (int rows, int hidden) = (build.Limits.Rows, build.Model.HiddenWidth);
        int entries = checked(maxExperts * rows);
        _groups = new ExpertGroups(maxExperts, rows);
        _mirror = new PlanMirror(build, maxExperts);
        _delta = build.Reserve(domain, (long)rows * hidden * sizeof(float));
        _zeros = build.Allocate(domain, ElementType.F32, rows, hidden);
        (_hostRows, _hostMultipliers) = (build.Allocate(build.Host, ElementType.I32, entries), build.Allocate(build.Host, ElementType.F32, entries));
        (Rows, Multipliers) = (build.Allocate(domain, ElementType.I32, entries), build.Allocate(domain, ElementType.F32, entries));
    }

    /// <summary>I32: rows by expert.</summary>
    public TensorView Rows { get; }

    /// <summary>F32: multipliers of these rows.</summary>
    public TensorView Multipliers { get; }

    /// <summary>F32 [T, C]: the sum of the experts' outputs.</summary>
    public TensorView Delta(int rows) => _delta.View(ElementType.F32, rows, _build.Model.HiddenWidth);

    /// <summary>F32 [T, C] of zeros.</summary>
    public TensorView Zeros(int rows) => _zeros.Rows(0, rows);

    /// <summary>Position of an expert's entries in <see cref="Rows"/> and <see cref="Multipliers"/>.</summary>
    public (int First, int Count) EntriesOf(int expert) => (_groups.FirstOf(expert), _groups.RowsOf(expert).Length);

    /// <summary>Reads a plan from the device and writes it back, sorted by expert.</summary>
    public void Read(in RoutingPlan plan, int experts)
    {
        RoutingPlan mirror = _mirror.Of(_domain, plan, experts);
        _groups.Sort(mirror, experts);
        int entries = _groups.FirstOf(experts);
        if (entries == 0)
            return;

        _groups.AllRows[..entries].CopyTo(_hostRows.AsSpan<int>());
        _groups.AllWeights[..entries].CopyTo(_hostMultipliers.AsSpan<float>());
        _domain.Copy(_hostRows.Rows(0, entries), Rows.Rows(0, entries));
        _domain.Copy(_hostMultipliers.Rows(0, entries), Multipliers.Rows(0, entries));
    }
}
