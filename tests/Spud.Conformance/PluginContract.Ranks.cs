using Spud.Composition;
using Spud.Configuration;
using Spud.Conformance.Discovery;
using Spud.Conformance.Fixtures;
using Spud.Conformance.Rigs;
using Xunit;

namespace Spud.Conformance;

/// <summary>Folds that an attention makes for the ranks of a decorator.</summary>
public abstract partial class PluginContract
{
    /// <summary>A fold that was made for a rank, on the caller's thread or on the whole pool, folds as the attention's own fold does.</summary>
    [ContractTheory]
    [OfRole(Roles.Attention)]
    public void A_fold_made_for_a_rank_is_the_attentions_own(string component)
    {
        foreach (SequenceSlice[] slices in FoldedSteps)
        {
            using AttentionRig rig = new(Plugin[Roles.Attention, component], new() { Model = s_unturned, Slices = slices, PageTokens = 16 });
            rig.Call(() => rig.Fold(rig.View));
            float[] expected = rig.Attended();
            foreach (WorkerPool pool in new[] { WorkerPool.OfCaller, rig.Build.Pool })
            {
                using IFold made = Make(rig, pool);
                rig.Empty();
                PageView view = rig.View;
                rig.Call(() => made.Fold(0, rig.Step, rig.Query.View, new ReadOnlySpan<PageView>(in view), rig.State));
                Agreement.Same(expected, rig.Attended(), Promised(rig.Subject), $"a fold of a rank on {pool.Threads} threads");
            }
        }
    }

    /// <summary>Ranks fold at the same time, as parts of the pipeline's pool.</summary>
    [ContractTheory]
    [OfRole(Roles.Attention)]
    public void Folds_of_ranks_do_not_disturb_each_other(string component)
    {
        const int Ranks = 4;
        RigSettings settings = new() { Model = s_unturned, Slices = TestStep.Slices((33, 240), (1, 700)), PageTokens = 16, Threads = Ranks };
        using AttentionRig rig = new(Plugin[Roles.Attention, component], settings);
        if (!rig.Domain.IsHost)
            Assert.Skip("a device runs one call at a time");

        rig.Call(() => rig.Fold(rig.View));
        float[] expected = rig.Attended();
        IFold[] made = [.. Enumerable.Range(0, Ranks).Select(_ => Make(rig, WorkerPool.OfCaller))];
        AttentionState[] states = [.. made.Select(_ => new AttentionState
        {
            Max = rig.Build.Floats(default, rig.Rows, s_unturned.QueryHeads),
            Sum = rig.Build.Floats(default, rig.Rows, s_unturned.QueryHeads),
            Accumulator = rig.Build.Floats(default, rig.Rows, s_unturned.QueryHeads, s_unturned.ValueWidth),
        })];
        rig.Build.Spoil();
        RankJob job = new() { Folds = made, States = states, Rig = rig };
        rig.Build.Pool.Run(Ranks, ref job);
        foreach (AttentionState state in states)
        {
            float[] sums = state.Sum.AsSpan<float>().ToArray();
            float[] got = [.. state.Accumulator.AsSpan<float>().ToArray().Select((value, i) => value / sums[i / s_unturned.ValueWidth])];
            Agreement.Same(expected, got, Promised(rig.Subject), $"one of {Ranks} ranks");
        }

        Array.ForEach(made, static fold => fold.Dispose());
    }

    private static IFold Make(AttentionRig rig, WorkerPool pool)
    {
        if (rig.Component is not IMakesFolds maker)
        {
            Assert.Skip("this attention makes no folds for ranks (IMakesFolds)");
            throw new InvalidOperationException();
        }

        CacheLayout layout = new() { PageTokens = rig.Settings.PageTokens, Keys = rig.Settings.Pages, Values = rig.Settings.Pages, TokensAtMost = rig.Build.Limits.ContextTokens };
        return StandaloneFold.Of(maker, rig.Build, new FoldRank { Domain = rig.Domain, Pool = pool }, layout);
    }

    private struct RankJob : IJob
    {
        public IFold[] Folds;
        public AttentionState[] States;
        public AttentionRig Rig;

        public readonly void Run(int part, int worker)
        {
            PageView view = Rig.View;
            Folds[part].Fold(0, Rig.Step, Rig.Query.View, new ReadOnlySpan<PageView>(in view), States[part]);
        }
    }
}
