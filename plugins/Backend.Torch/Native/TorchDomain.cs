using Backend.Torch.Device;
using Spud;

namespace Backend.Torch.Native;

/// <summary>Memory of a device and its current stream.</summary>
internal sealed class TorchDomain(TorchDevice device) : IMemoryDomain
{
    public string Name => $"torch {device.Name}";

    public bool IsHost => false;

    public nint Allocate(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        Shim.Require(Shim.DeviceAllocate(device.NativeName, bytes, out nint address));
        return address;
    }

    // What could fail here is a lost device, whose memory is gone already.
    public void Free(nint address, long bytes) => _ = Shim.DeviceFree(address);

    public void Copy(in TensorView source, in TensorView destination)
    {
        if (!source.Shape.SequenceEqual(destination.Shape))
            throw new ArgumentException($"copy: {Shape.Text(source.Shape)} does not fit {Shape.Text(destination.Shape)}");

        bool alike = source.Type == destination.Type;
        if (!alike && !(Computes(source.Type) && Computes(destination.Type)))
            throw new ArgumentException($"copy: {Name} does not convert {source.Type} to {destination.Type}. It knows F32, F16 and BF16.");

        Shim.Require(Shim.DeviceCopy(
            device.NativeName, new(source), source.Domain.IsHost ? 1 : 0, new(destination), destination.Domain.IsHost ? 1 : 0, alike ? source.Bytes : 0));
    }

    public unsafe void Append(in Heads heads, in TensorView slots, PagePool pool)
    {
        foreach (ElementType type in (ReadOnlySpan<ElementType>)[pool.Keys.Type, pool.Values.Type])
            if (!Computes(type))
                throw new ArgumentException($"append: {Name} does not write {type} pages. Choose a cache format of f32, bf16 or f16.");

        Shim.Require(Shim.DeviceAppend(
            device.NativeName, new(heads.Key), new(heads.Value), (int*)slots.Address, new(pool.Keys), new(pool.Values)));
    }

    public void Wait() => Shim.Require(Shim.DeviceWait(device.NativeName));

    private static bool Computes(ElementType type) => type is ElementType.F32 or ElementType.F16 or ElementType.BF16;
}
