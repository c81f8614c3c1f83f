using Backend.Torch.Device;
using Backend.Torch.Native;
using Spud;

namespace Backend.Torch.Shared;

/// <summary>
/// Loads weights at build: each is expanded once, into memory of the component's device, a number of rows at a time, so that there is never
/// a second copy of the model; the file's pages are released.
/// </summary>
internal sealed class WeightLoader : IDisposable
{
    private const int StagedElements = 1 << 18;
    private readonly IBuildContext _build;
    private readonly ElementType _type;
    private nint _staging;
    private long _stagingBytes;

    /// <exception cref="RefusedException">libtorch or the device is not available.</exception>
    public WeightLoader(IBuildContext build, string device, ElementType type)
    {
        TorchLibrary.Use(build);
        (_build, Device, _type) = (build, TorchDevice.Of(device), type);
        Domain = Device.Domain(build);
    }

    /// <summary>The device that the component computes on.</summary>
    public TorchDevice Device { get; }

    /// <summary>The pipeline's threads.</summary>
    public WorkerPool Pool => _build.Pool;

    /// <summary>The memory domain of the weights.</summary>
    public IMemoryDomain Domain { get; }

    /// <summary>A small weight, in f32.</summary>
    public TensorView Floats(string name, params ReadOnlySpan<int> shape)
    {
        TensorView floats = _build.Allocate(Domain, ElementType.F32, shape);
        Expand(name, shape, floats);
        return floats;
    }

    /// <summary>The same if the condition holds, otherwise an absent view.</summary>
    public TensorView FloatsIf(bool condition, string name, params ReadOnlySpan<int> shape) => condition ? Floats(name, shape) : default;

    /// <summary>Small weights concatenated in f32: [sum of lengths].</summary>
    public TensorView JoinedFloats(params ReadOnlySpan<(string Name, int Length)> parts)
    {
        TensorView all = _build.Allocate(Domain, ElementType.F32, Sum(parts));
        int at = 0;
        foreach ((string name, int length) in parts)
        {
            Expand(name, [length], all.Rows(at, length));
            at += length;
        }

        return all;
    }

    /// <summary>Matrices [N, K] stacked, in the component's type: [sum of N, K].</summary>
    public TensorView Joined(int inputs, params ReadOnlySpan<(string Name, int Outputs)> parts)
    {
        TensorView all = _build.Allocate(Domain, _type, Sum(parts), inputs);
        int row = 0;
        foreach ((string name, int outputs) in parts)
        {
            Expand(name, [outputs, inputs], all.Rows(row, outputs));
            row += outputs;
        }

        return all;
    }

    /// <summary>The same for E experts: [E, N, K] of each part becomes [E, sum of N, K].</summary>
    public TensorView JoinedExperts(int experts, int inputs, params ReadOnlySpan<(string Name, int Outputs)> parts)
    {
        TensorView all = _build.Allocate(Domain, _type, experts, Sum(parts), inputs);
        int row = 0;
        foreach ((string name, int outputs) in parts)
        {
            TensorView weights = _build.Weights.Take(name, experts, outputs, inputs);
            for (int expert = 0; expert < experts; expert++)
                Expand(weights.At(expert), all.At(expert).Rows(row, outputs));

            _build.Weights.Release(weights);
            row += outputs;
        }

        return all;
    }

    /// <summary>The same for their biases: [E, N] of each part becomes F32 [E, sum of N].</summary>
    public TensorView JoinedExpertFloats(int experts, params ReadOnlySpan<(string Name, int Outputs)> parts)
    {
        TensorView all = _build.Allocate(Domain, ElementType.F32, experts, Sum(parts));
        int at = 0;
        foreach ((string name, int outputs) in parts)
        {
            TensorView weights = _build.Weights.Take(name, experts, outputs);
            for (int expert = 0; expert < experts; expert++)
                Expand(weights.At(expert), all.At(expert).Rows(at, outputs));

            _build.Weights.Release(weights);
            at += outputs;
        }

        return all;
    }

    public void Dispose()
    {
        if (_staging != 0)
            _build.Host.Free(_staging, _stagingBytes);

        _staging = 0;
        if (!Domain.IsHost)
            Domain.Wait();
    }

    private static int Sum(ReadOnlySpan<(string Name, int Count)> parts)
    {
        int sum = 0;
        foreach ((_, int count) in parts)
            sum += count;

        return sum;
    }

    private void Expand(string name, ReadOnlySpan<int> shape, in TensorView to)
    {
        TensorView weight = _build.Weights.Take(name, shape);
        Expand(weight, to);
        _build.Weights.Release(weight);
    }

    private void Expand(in TensorView from, in TensorView to)
    {
        int width = from.Rank == 1 ? 1 : from.Shape[^1], rows = from.Shape[0], step = from.Rank == 1 ? rows : Math.Max(1, StagedElements / width);
        int threads = _build.Pool.Threads;
        bool staged = !Domain.IsHost || (to.Type != ElementType.F32 && to.Type != from.Type);
        ExpandJob job = new()
        {
            Host = _build.Host,
            Domain = Domain,
            From = from,
            To = to,
            RowsOfPart = step,
            Staging = staged ? Staging(threads, Math.Min(step, rows) * width) : default,
        };
        int parts = (rows + step - 1) / step;
        if (Domain.IsHost)
        {
            _build.Pool.Run(parts, ref job);
            return;
        }

        // A device has one stream, and one thread that uses it.
        for (int part = 0; part < parts; part++)
            job.Run(part, worker: 0);
    }

    private TensorView Staging(int threads, int elements)
    {
        long bytes = (long)threads * elements * sizeof(float);
        if (bytes > _stagingBytes)
        {
            if (_staging != 0)
                _build.Host.Free(_staging, _stagingBytes);

            (_staging, _stagingBytes) = (_build.Host.Allocate(bytes), bytes);
        }

        return new(_build.Host, _staging, ElementType.F32, threads, elements);
    }
}
