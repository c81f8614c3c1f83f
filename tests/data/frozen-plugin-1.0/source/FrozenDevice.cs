using Spud;

namespace Frozen;

/// <summary>A device whose memory only this plugin can read: the host's, under other addresses. It computes when it is asked to wait.</summary>
internal sealed class FrozenDevice(IMemoryDomain host) : IMemoryDomain
{
    private static readonly nint Disguise = unchecked((nint)(1UL << 62));

    public bool IsLost { get; set; }

    public string Name => "frozen device";

    public bool IsHost => false;

    public nint Allocate(long bytes) => host.Allocate(bytes) ^ Disguise;

    public void Free(nint address, long bytes) => host.Free(address ^ Disguise, bytes);

    public void Copy(in TensorView source, in TensorView destination) => host.Copy(Real(source), Real(destination));

    public void Append(in Heads heads, in TensorView slots, PagePool pool)
    {
        PagePool real = new() { Keys = Real(pool.Keys), Values = Real(pool.Values), Positions = pool.Positions };
        host.Append(new Heads { Query = Real(heads.Query), Key = Real(heads.Key), Value = Real(heads.Value) }, slots, real);
    }

    public void Wait()
    {
        if (IsLost)
            throw new DeviceLostException("the frozen device is gone", new NotSupportedException("it was pulled out"));
    }

    /// <summary>The same memory as the host sees it.</summary>
    public TensorView Real(in TensorView view) => !view.IsPresent || view.Domain.IsHost ? view : new(host, view.Address ^ Disguise, view.Type, view.Shape);
}

internal static class Reading
{
    extension(TensorView view)
    {
        /// <summary>F32 elements, of the host's memory or the device's.</summary>
        public Span<float> Floats => (view.Domain is FrozenDevice device ? device.Real(view) : view).AsSpan<float>();

        /// <summary>I32 elements.</summary>
        public Span<int> Ints => (view.Domain is FrozenDevice device ? device.Real(view) : view).AsSpan<int>();
    }

    extension(IBuildContext build)
    {
        /// <summary>A weight as F32 in a domain.</summary>
        public TensorView Take(IMemoryDomain domain, string name, params ReadOnlySpan<int> shape)
        {
            TensorView weight = build.Weights.Take(name, shape), copy = build.Allocate(domain, ElementType.F32, shape);
            domain.Copy(weight, copy);
            build.Weights.Release(weight);
            return copy;
        }
    }
}
