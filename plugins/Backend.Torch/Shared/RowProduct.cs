using Backend.Torch.Native;
using Spud;
using TorchSharp;
using static TorchSharp.torch;

namespace Backend.Torch.Shared;

/// <summary>
/// The product of one row with F32 weights, which reads each weight once and so runs at the speed of memory. oneMKL does it on one thread,
/// at half that speed: here parts of the weights are read on all of the pipeline's threads. The parts depend on the weights alone, so
/// that a result does not depend on the number of threads.
/// </summary>
internal sealed class RowProduct : IDisposable
{
    private const long BytesOfPart = 1 << 20;
    private const int MaxParts = 32;
    private readonly WorkerPool _pool;
    private readonly (Tensor Weight, long First, long Count)[] _parts;

    private RowProduct(WorkerPool pool, (Tensor Weight, long First, long Count)[] parts) => (_pool, _parts) = (pool, parts);

    /// <summary>Null where there is nothing to share: small weights, other types, a device.</summary>
    /// <param name="weight">[N, K].</param>
    /// <param name="transposed">[K, N], the same memory.</param>
    /// <param name="pool">The pipeline's threads.</param>
    public static RowProduct? Of(Tensor weight, Tensor transposed, WorkerPool pool)
    {
        long outputs = weight.size(0), bytes = sizeof(float) * outputs * weight.size(1);
        long count = Math.Min(MaxParts, bytes / BytesOfPart);
        if (count < 2 || weight.dtype != ScalarType.Float32 || weight.device_type != DeviceType.CPU)
            return null;

        long step = (outputs / count + 15) / 16 * 16;
        List<(Tensor, long, long)> parts = [];
        for (long first = 0; first < outputs; first += step)
        {
            long some = Math.Min(step, outputs - first);
            parts.Add((transposed.narrow(1, first, some), first, some));
        }

        return new RowProduct(pool, [.. parts]);
    }

    /// <summary>output [1, N] = beta * output + alpha * (W row); row [1, K].</summary>
    public void Into(Tensor output, Tensor row, float beta, float alpha)
    {
        PartJob job = new() { Parts = _parts, Row = row, Output = output, Beta = beta, Alpha = alpha };
        _pool.Run(_parts.Length, ref job);
    }

    public void Dispose()
    {
        foreach ((Tensor weight, _, _) in _parts)
            weight.Dispose();
    }

    private struct PartJob : IJob
    {
        public required (Tensor Weight, long First, long Count)[] Parts;
        public required Tensor Row, Output;
        public required float Beta, Alpha;

        public readonly void Run(int part, int worker)
        {
            using NativeCall call = new(threads: 1);
            (Tensor weight, long first, long count) = Parts[part];
            using Tensor place = Output.narrow(1, first, count);
            place.addmm_(Row, weight, Beta, Alpha);
        }
    }
}
