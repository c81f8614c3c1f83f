using Backend.Torch.Native;
using Spud;
using static TorchSharp.torch;

namespace Backend.Torch.Shared;

/// <summary>
/// Products of rows with a weight on the CPU: parts of the weight are distributed over the pipeline's threads, each part on one libtorch
/// thread. oneMKL multiplies one or a few rows on one thread at half the memory bandwidth. It splits many rows between its threads in fixed
/// halves, which is up to 1.3 times slower than parts that each thread takes when it is free. The parts depend only on the weight, so that
/// a result does not depend on the number of threads.
/// </summary>
internal sealed class PartProduct : IDisposable
{
    private const long BytesOfPart = 1 << 21, SmallBytes = 1 << 18;
    private const int MinParts = 4, MaxParts = 32;

    // Weights in f16, for which the CPU has no product, are expanded a part at a time: it stays in the cache until it is multiplied.
    private const long ExpandedElements = 1 << 18;
    private readonly WorkerPool _pool;
    private readonly (Tensor Weight, long First, long Count)[] _parts;

    /// <param name="transposed">[K, N], the transposed view of [N, K].</param>
    /// <param name="pool">The pipeline's threads.</param>
    public PartProduct(Tensor transposed, WorkerPool pool)
    {
        _pool = pool;
        (long inputs, long outputs) = (transposed.size(0), transposed.size(1));
        long count = Count(transposed.dtype, inputs * outputs), step = Math.Max(16, (outputs + count - 1) / count + 15 & ~15L);
        _parts = new (Tensor, long, long)[(outputs + step - 1) / step];
        for (int i = 0; i < _parts.Length; i++)
        {
            (long first, long some) = (i * step, Math.Min(step, outputs - i * step));
            _parts[i] = (transposed.narrow(1, first, some), first, some);
        }
    }

    /// <summary>output [T, N] = beta * output + alpha * (rows W^T); rows [T, K].</summary>
    public void Into(Tensor output, Tensor rows, float beta, float alpha)
    {
        PartJob job = new() { Parts = _parts, Rows = rows, Output = output, Beta = beta, Alpha = alpha };
        _pool.Run(_parts.Length, ref job);
    }

    public void Dispose()
    {
        foreach ((Tensor weight, _, _) in _parts)
            weight.Dispose();
    }

    private static long Count(ScalarType type, long elements)
    {
        if (type == ScalarType.Float16)
            return (elements + ExpandedElements - 1) / ExpandedElements;

        long bytes = elements * (type == ScalarType.Float32 ? sizeof(float) : sizeof(ushort));
        // A multiple of four, so that two or four threads get equal shares.
        return bytes < SmallBytes ? 1 : Math.Clamp((bytes / BytesOfPart + 3) / 4 * 4, MinParts, MaxParts);
    }

    private struct PartJob : IJob
    {
        public required (Tensor Weight, long First, long Count)[] Parts;
        public required Tensor Rows, Output;
        public required float Beta, Alpha;

        public readonly void Run(int part, int worker)
        {
            using NativeCall call = new(threads: 1);
            (Tensor weight, long first, long count) = Parts[part];
            using Tensor place = Output.narrow(1, first, count);
            if (weight.dtype != ScalarType.Float16)
            {
                place.addmm_(Rows, weight, Beta, Alpha);
                return;
            }

            using Tensor wide = weight.to(ScalarType.Float32);
            place.addmm_(Rows, wide, Beta, Alpha);
        }
    }
}
