using System.Numerics.Tensors;
using Spud;

namespace TemplateSpace;

/// <summary>
/// One part for each KV head: reads the pages block by block, makes the softmax state of a block, and merges it into the state of the
/// row. A struct, so that a fork allocates nothing.
/// </summary>
internal struct FoldJob : IJob
{
    /// <summary>Keys that are looked at together: fixed, so that the result does not depend on pages or threads.</summary>
    public const int Block = 32;

    public required LayerDescription Layer;
    public required IMemoryDomain Host;
    public required Step Step;
    public required TensorView Query;
    public required PageView Pages;
    public required AttentionState State;
    public required TensorView Expanded;
    public required float[][] Scratch;

    public readonly void Run(int part, int worker)
    {
        for (int sequence = 0; sequence < Step.Sequences.Length; sequence++)
        {
            foreach (KeyRun run in Pages.Of(sequence))
            {
                for (int first = 0; first < run.Keys; first += Block)
                    FoldBlock(Step.Sequences[sequence], run with { FirstKey = run.FirstKey + first, Keys = Math.Min(Block, run.Keys - first) }, part, worker);
            }
        }
    }

    private readonly void FoldBlock(in SequenceSlice slice, in KeyRun block, int kvHead, int worker)
    {
        (int d, int dv, int group) = (Layer.Kv.KeyWidth, Layer.Kv.ValueWidth, Layer.QueryHeads / Layer.Kv.Heads);
        TensorView room = Expanded.At(worker);
        ReadOnlySpan<float> keys = Floats(Pages.KeysOf(block, kvHead), room, 0), values = Floats(Pages.ValuesOf(block, kvHead), room, Block * d);
        ReadOnlySpan<int> positions = Pages.PositionsOf(block).AsSpan<int>();
        float window = Layer.Number(Trait.Window, float.PositiveInfinity);
        for (int row = 0; row < slice.Rows; row++)
        {
            // A row sees its own sequence up to itself, inside the window. Positions ascend, so what it sees lies together.
            int position = slice.FirstPosition + row, first = 0, end = positions.Length;
            while (first < end && positions[first] <= position - window)
                first++;
            while (end > first && positions[end - 1] > position)
                end--;

            for (int head = kvHead * group; head < (kvHead + 1) * group && first < end; head++)
                FoldRow(slice.FirstRow + row, head, keys[(first * d)..(end * d)], values[(first * dv)..(end * dv)], Scratch[worker]);
        }
    }

    private readonly void FoldRow(int row, int head, ReadOnlySpan<float> keys, ReadOnlySpan<float> values, Span<float> scratch)
    {
        (int d, int dv) = (Layer.Kv.KeyWidth, Layer.Kv.ValueWidth);
        ReadOnlySpan<float> query = Query.At(row).At(head).AsSpan<float>();
        Span<float> scores = scratch[..(keys.Length / d)], accumulator = scratch.Slice(Block, dv);
        for (int key = 0; key < scores.Length; key++)
            scores[key] = TensorPrimitives.Dot(query, keys.Slice(key * d, d));

        float max = TensorPrimitives.Max<float>(scores), sum = 0;
        accumulator.Clear();
        for (int key = 0; key < scores.Length; key++)
        {
            float weight = MathF.Exp(scores[key] - max);
            sum += weight;
            TensorPrimitives.MultiplyAdd(values.Slice(key * dv, dv), weight, accumulator, accumulator);
        }

        AttentionState.Merge(
            max, sum, accumulator, ref State.Max.At(row).AsSpan<float>()[head], ref State.Sum.At(row).AsSpan<float>()[head], State.Accumulator.At(row).At(head).AsSpan<float>());
    }

    /// <summary>Keys or values of a block as f32: as they are, or expanded into a room of the worker's own.</summary>
    private readonly ReadOnlySpan<float> Floats(in TensorView stored, in TensorView room, int at)
    {
        if (stored.Type == ElementType.F32)
            return stored.AsSpan<float>();

        TensorView floats = new(Host, room.Address + at * sizeof(float), ElementType.F32, stored.Shape);
        Host.Copy(stored, floats);
        return floats.AsSpan<float>();
    }
}
