using Spud;

namespace Backend.Onnx.Experts;

/// <summary>
/// A copy of a device's plan on the host. The host validates device plans only at the end of a step, so this copy drops invalid entries:
/// experts that do not exist or occur twice in a row, and offsets outside the plan.
/// </summary>
internal sealed class PlanMirror
{
    private readonly IBuildContext _build;
    private readonly TensorView _offsets, _experts, _weights;
    private TensorView _ids, _multipliers, _ends;

    public PlanMirror(IBuildContext build, int maxExperts)
    {
        (_build, int rows) = (build, build.Limits.Rows);
        _ends = build.Allocate(build.Host, ElementType.I32, rows + 1);
        _offsets = build.Allocate(build.Host, ElementType.I32, rows + 1);
        _experts = build.Allocate(build.Host, ElementType.I32, checked(rows * maxExperts));
        _weights = build.Allocate(build.Host, ElementType.F32, checked(rows * maxExperts));
        (_ids, _multipliers) = (build.Allocate(build.Host, ElementType.I32, checked(rows * maxExperts)), build.Allocate(build.Host, ElementType.F32, checked(rows * maxExperts)));
    }

    /// <summary>The valid part of a plan.</summary>
    public RoutingPlan Of(IMemoryDomain domain, in RoutingPlan plan, int experts)
    {
        int rows = plan.Offsets.Shape[0] - 1, entries = Math.Min(plan.Experts.Shape[0], _ids.Shape[0]);
        TensorView ends = _ends.Rows(0, rows + 1), ids = _ids.Rows(0, entries), multipliers = _multipliers.Rows(0, entries);
        domain.Copy(plan.Offsets, ends);
        domain.Copy(plan.Experts.Rows(0, entries), ids);
        domain.Copy(plan.Weights.Rows(0, entries), multipliers);
        domain.Wait();
        Keep(experts, ends.AsSpan<int>(), ids.AsSpan<int>(), multipliers.AsSpan<float>());
        return new RoutingPlan { Offsets = _offsets.Rows(0, rows + 1), Experts = _experts, Weights = _weights };
    }

    private void Keep(int experts, ReadOnlySpan<int> ends, ReadOnlySpan<int> ids, ReadOnlySpan<float> multipliers)
    {
        Span<int> offsets = _offsets.AsSpan<int>(), chosen = _experts.AsSpan<int>();
        Span<float> weights = _weights.AsSpan<float>();
        int kept = 0;
        offsets[0] = 0;
        for (int row = 0; row + 1 < ends.Length; row++)
        {
            int to = Math.Clamp(ends[row + 1], 0, ids.Length);
            for (int i = Math.Clamp(ends[row], 0, ids.Length); i < to; i++)
                if ((uint)ids[i] < (uint)experts && !chosen[offsets[row]..kept].Contains(ids[i]))
                    (chosen[kept], weights[kept++]) = (ids[i], multipliers[i]);

            offsets[row + 1] = kept;
        }
    }
}
