using Spud;

namespace Reference;

/// <summary>A fold decorator that goes wrong in one way.</summary>
internal sealed class FaultySplitFold(SplitFold fold, Fault fault, IBuildContext build) : IFold
{
    public FoldShards? Shards => fold.Shards;

    public void Fold(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state)
    {
        switch (fault)
        {
            case Fault.ForgetsState:
                state.Sum.Floats.Clear();
                fold.Fold(layer, step, query, shards, state);
                break;
            case Fault.ForgetsAShard:
                fold.Fold(layer, step, query, [.. shards[..^1], WithoutKeys(shards[^1])], state);
                break;
            case Fault.AddsStatesUnscaled:
                for (int shard = 0; shard < shards.Length; shard++)
                    Add(layer, step, query, Only(shards, shard), state);
                break;
            default:
                throw new InvalidOperationException($"a decorator does not have the fault {fault}");
        }
    }

    public void Dispose() => fold.Dispose();

    private PageView[] Only(ReadOnlySpan<PageView> shards, int kept)
    {
        PageView[] only = shards.ToArray();
        for (int shard = 0; shard < only.Length; shard++)
            only[shard] = shard == kept ? only[shard] : WithoutKeys(only[shard]);

        return only;
    }

    private void Add(int layer, in Step step, in TensorView query, ReadOnlySpan<PageView> shards, in AttentionState state)
    {
        AttentionState one = new() { Max = Zeros(state.Max), Sum = Zeros(state.Sum), Accumulator = Zeros(state.Accumulator) };
        fold.Fold(layer, step, query, shards, one);
        Span<float> sum = state.Sum.Floats, max = state.Max.Floats, accumulator = state.Accumulator.Floats;
        int width = accumulator.Length / sum.Length;
        for (int entry = 0; entry < sum.Length; entry++)
        {
            if (one.Sum.Floats[entry] == 0)
                continue;

            bool wasEmpty = sum[entry] == 0;
            max[entry] = one.Max.Floats[entry];
            sum[entry] += one.Sum.Floats[entry];
            for (int i = entry * width; i < (entry + 1) * width; i++)
                accumulator[i] = (wasEmpty ? 0 : accumulator[i]) + one.Accumulator.Floats[i];
        }
    }

    private TensorView Zeros(in TensorView like) => build.Allocate(build.Host, ElementType.F32, like.Shape);

    private PageView WithoutKeys(in PageView shard) => shard with { RunOffsets = build.Allocate(build.Host, ElementType.I32, shard.RunOffsets.Shape) };
}
