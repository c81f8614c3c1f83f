using Backend.Cpu.Kernels;
using Backend.Cpu.Shared;
using Spud;

namespace Backend.Cpu.Attention;

/// <summary>The workspace of one fold: partial states of a split plan, and each worker's chunk scratch.</summary>
internal sealed class FoldScratch
{
    private readonly int _threads, _chunkFloats, _maxPartials;
    private readonly long _chunks;

    public FoldScratch(IBuildContext build, AttentionLayer[] layers, FoldPlan plan)
    {
        (_threads, _maxPartials) = (build.Pool.Threads, plan.MaxPartials);
        long partialFloats = 0;
        foreach (int i in build.Layers)
        {
            AttentionLayer layer = layers[i];
            _chunkFloats = Math.Max(_chunkFloats, ChunkScratch.Floats(FoldPlan.WideBlockRows(layer.Group) * layer.Group, layer.KeyWidth, layer.ValueWidth));
            partialFloats = Math.Max(partialFloats, (long)_maxPartials * layer.QueryHeads * (2 + layer.ValueWidth));
        }

        ScratchPlan fold = new();
        fold.AddFloats(partialFloats);
        _chunks = fold.AddFloats((long)_threads * _chunkFloats);
        Bytes = fold.Bytes;
    }

    public long Bytes { get; }

    /// <summary>At least <see cref="Bytes"/> bytes.</summary>
    public Workspace Workspace { get; set; } = null!;

    /// <summary>Chunk scratch of each worker.</summary>
    public WorkerScratch Chunks => new(Workspace.ViewAt(_chunks, ElementType.F32, _threads, _chunkFloats));

    /// <summary>F32 [partials, H, 2 + Dv].</summary>
    public TensorView Partials(AttentionLayer layer) => Workspace.View(ElementType.F32, _maxPartials, layer.QueryHeads, 2 + layer.ValueWidth);
}
