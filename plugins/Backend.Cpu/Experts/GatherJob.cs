using Backend.Cpu.Kernels;
using Spud;

namespace Backend.Cpu.Experts;

/// <summary>Copies the rows of groups whose rows are not contiguous; one part per group.</summary>
internal struct GatherJob : IJob
{
    public required ExpertGroups Groups;
    public required ExpertRows Rows;

    public readonly void Run(int part, int worker)
    {
        ExpertGroups.Group group = Groups.All[part];
        if (group.FirstRow is not null)
            return;

        Activations input = Rows.InputOf(group);
        ReadOnlySpan<int> rows = Groups.RowsOf(group);
        for (int i = 0; i < rows.Length; i++)
            input.Set(i, 0, Rows.Normed.Exact.At(rows[i]).AsSpan<float>());
    }
}
