using Spud.Execution.Native;

namespace Spud.Execution;

/// <summary>The processor's memory. Calls complete their work before they return.</summary>
public sealed class HostDomain : IMemoryDomain, IMergesStates
{
    public string Name => "host";

    public bool IsHost => true;

    public nint Allocate(long bytes) => HostMemory.Allocate(bytes);

    public void Free(nint address, long bytes) => HostMemory.Free(address);

    public void Copy(in TensorView source, in TensorView destination)
    {
        if (!source.Shape.SequenceEqual(destination.Shape))
            throw new ArgumentException($"copy: {Shape.Text(source.Shape)} does not fit {Shape.Text(destination.Shape)}");

        HostMemory.Convert(source.Type, source.Address, destination.Type, destination.Address, source.Elements);
    }

    public void Append(in Heads heads, in TensorView slots, PagePool pool)
    {
        Append(heads.Key, slots, pool.Keys);
        Append(heads.Value, slots, pool.Values);
    }

    public void Wait()
    {
    }

    public void Merge(in AttentionState from, in AttentionState into)
    {
        ReadOnlySpan<float> max = from.Max.AsSpan<float>(), sum = from.Sum.AsSpan<float>(), accumulator = from.Accumulator.AsSpan<float>();
        Span<float> intoMax = into.Max.AsSpan<float>(), intoSum = into.Sum.AsSpan<float>(), intoAccumulator = into.Accumulator.AsSpan<float>();
        int width = from.Accumulator.Shape[2];
        for (int i = 0; i < sum.Length; i++)
            AttentionState.Merge(max[i], sum[i], accumulator.Slice(i * width, width), ref intoMax[i], ref intoSum[i], intoAccumulator.Slice(i * width, width));
    }

    private static void Append(in TensorView rows, in TensorView slots, in TensorView pages)
    {
        (int heads, int width, int pageTokens) = (rows.Shape[1], rows.Shape[2], pages.Shape[2]);
        long rowBytes = pages.Type.BytesOf(width);
        ReadOnlySpan<int> to = slots.AsSpan<int>();
        for (int row = 0; row < to.Length; row++)
        {
            (int page, int key) = Math.DivRem(to[row], pageTokens);
            for (int head = 0; head < heads; head++)
            {
                nint source = rows.Address + (nint)(((long)row * heads + head) * width * sizeof(float));
                nint target = pages.Address + (nint)((((long)page * heads + head) * pageTokens + key) * rowBytes);
                HostMemory.Convert(ElementType.F32, source, pages.Type, target, width);
            }
        }
    }
}
