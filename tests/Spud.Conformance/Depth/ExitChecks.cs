using Spud.Conformance.Fixtures;
using Xunit;

namespace Spud.Conformance.Depth;

/// <summary>The suite of depth policies by which rows leave early.</summary>
internal static class ExitChecks
{
    private const int Rows = 24;

    public static void Rows_leave_behind_named_layers(Func<DepthBuild, IDepth> create)
    {
        foreach (DepthBuild build in DepthChecks.Builds())
        {
            using IDisposable context = (IDisposable)build.Context;
            using IDepth policy = create(build), other = create(build);
            ILeavesEarly leaves = Leaving(policy), second = Leaving(other);
            for (int layer = build.Model.Layers.Length - 2; layer >= 0; layer--)
            {
                bool may = leaves.MayLeaveAfter(layer);
                Assert.True(!may || build.Layers.Contains(layer), $"rows may leave behind layer {layer} of {build.Model.Layers.Length}, and the pipeline does not name it: {string.Join(", ", build.Layers)}");
                Assert.True(may == second.MayLeaveAfter(layer) && may == leaves.MayLeaveAfter(layer), $"rows may leave behind layer {layer} once, and once not");
            }

            foreach (RowCost cost in (RowCost[])[leaves.LeaveCost, leaves.FinishCost])
                Assert.True(cost is { Flops: >= 0, WeightBytes: >= 0 }, $"a call costs {cost.Flops} FLOPs and {cost.WeightBytes} bytes, expected at least 0");
        }
    }

    public static void A_row_leaves_or_stays_whatever_its_company(Func<DepthBuild, IDepth> create)
    {
        using ExitRig rig = new(create);
        SequenceSlice[] together = [.. Enumerable.Range(0, Rows).Select(static row => Decoded(row) with { FirstRow = row })];
        foreach (int layer in rig.Layers)
        {
            float[] values = rig.Values(layer, Rows);
            bool[] all = rig.Leave(layer, together, values);
            for (int row = Rows - 1; row >= 0; row--)
            {
                bool[] alone = rig.Leave(layer, [Decoded(row)], values.AsSpan(row * rig.Width, rig.Width).ToArray());
                Assert.True(alone[0] == all[row], $"row {row} {(all[row] ? "leaves" : "stays")} behind layer {layer} among {Rows} rows, and {(alone[0] ? "leaves" : "stays")} alone");
            }
        }
    }

    public static void A_row_is_finished_whatever_its_company(Func<DepthBuild, IDepth> create)
    {
        using ExitRig rig = new(create);
        foreach (int layer in rig.Layers)
        {
            float[] values = rig.Values(layer, Rows), all = rig.Finish(layer, values);
            Assert.True(all.All(float.IsFinite), $"rows that left behind layer {layer} are finished with numbers that are not finite");
            for (int row = 0; row < Rows; row++)
            {
                float[] alone = rig.Finish(layer, values.AsSpan(row * rig.Width, rig.Width).ToArray());
                Assert.True(alone.AsSpan().SequenceEqual(all.AsSpan(row * rig.Width, rig.Width)), $"row {row} that left behind layer {layer} is finished otherwise among {Rows} rows than alone");
            }
        }
    }

    public static void Leaving_allocates_nothing(Func<DepthBuild, IDepth> create)
    {
        using ExitRig rig = new(create);
        SequenceSlice[] slices = [.. Enumerable.Range(0, Rows).Select(static row => Decoded(row) with { FirstRow = row })];
        foreach (int layer in rig.Layers)
            AllocationPromise.Require(rig.Allocated(layer, slices), 0, $"a decision about {Rows} rows behind layer {layer}, with what is made of them,");
    }

    internal static ILeavesEarly Leaving(IDepth policy)
    {
        if (policy is not ILeavesEarly)
            Assert.Skip("no rows leave early (ILeavesEarly)");

        return (ILeavesEarly)policy;
    }

    // Sequences, positions and efforts that differ.
    private static SequenceSlice Decoded(int row) => TestStep.Slice(row % 8, 1, 3 + row * 5) with { Effort = row % 4 / 3f };
}
