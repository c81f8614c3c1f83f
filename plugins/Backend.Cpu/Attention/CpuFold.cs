using Backend.Cpu.Kernels;
using Spud;

namespace Backend.Cpu.Attention;

/// <summary>Folds on one pool with its own scratch, so that several can run concurrently.</summary>
/// <param name="layers">The attention's layers.</param>
/// <param name="pool">The threads to compute on.</param>
/// <param name="plan">The plan, owned by this fold.</param>
/// <param name="scratch">The scratch, owned by this fold.</param>
internal sealed class CpuFold(AttentionLayer[] layers, WorkerPool pool, FoldPlan plan, FoldScratch scratch) : IFold, IGivesKeyMass
{
    public void Fold(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state)
    {
        foreach (ref readonly PageView shard in shards)
            Fold(layer, step, query, shard, state);
    }

    public void Fold(int layer, in Step step, in TensorView query, in PageView pages, in AttentionState state)
    {
        AttentionLayer attention = layers[layer];
        Shape.Require(query, [step.Rows, attention.QueryHeads, attention.KeyWidth], "query", "[T, H, D]");
        attention.Require(step, state);
        plan.Make(step, attention, pool.Threads);
        FoldJob job = new()
        {
            Layer = attention,
            Plan = plan,
            Query = query,
            Pages = pages,
            Reader = new PageReader(pages),
            State = state,
            Partials = scratch.Partials(attention),
            Scratch = scratch.Chunks,
        };
        pool.Run(job.Parts, ref job);
        if (plan.IsSplit)
            job.MergePartials();
    }

    public void AddKeyMass(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state, in TensorView mass)
    {
        AttentionLayer attention = layers[layer];
        Shape.Require(query, [step.Rows, attention.QueryHeads, attention.KeyWidth], "query", "[R, H, D]");
        Shape.Require(state.Max, [step.Rows, attention.QueryHeads], "max", "[R, H]");
        Shape.Require(state.Sum, [step.Rows, attention.QueryHeads], "sum", "[R, H]");
        foreach (ref readonly PageView shard in shards)
        {
            KeyMassJob job = new() { Layer = attention, Slice = step.Sequences[0], Query = query, Pages = shard, Reader = new PageReader(shard), State = state, Mass = mass, Scratch = scratch.Chunks };
            pool.Run(job.Parts, ref job);
        }
    }

    public void Dispose()
    {
        // Everything was allocated through the build context, which frees it.
    }
}
