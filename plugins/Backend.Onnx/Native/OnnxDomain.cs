using Backend.Onnx.Device;
using Spud;

namespace Backend.Onnx.Native;

/// <summary>
/// Memory of a device. A run of ONNX Runtime returns only after the graph's work has finished, so there is never anything to wait for. Its
/// resources exist while the device is in use: by a component, or by memory not yet freed.
/// </summary>
internal sealed class OnnxDomain(OnnxDevice device) : IMemoryDomain
{
    private readonly Lock _lock = new();
    private DeviceMemory? _memory;
    private int _users;

    public string Name => $"onnx {device.Name}";

    public bool IsHost => false;

    /// <summary>Registers a component that uses the device.</summary>
    public void Retain(IBuildContext build)
    {
        lock (_lock)
        {
            _memory ??= new DeviceMemory(device, build);
            _users++;
        }
    }

    /// <summary>Unregisters a component.</summary>
    public void Release()
    {
        lock (_lock)
        {
            if (--_users > 0)
                return;

            _memory?.Dispose();
            _memory = null;
        }
    }

    public nint Allocate(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        lock (_lock)
        {
            nint address = Memory().Allocate(bytes);
            _users++;
            return address;
        }
    }

    public void Free(nint address, long bytes)
    {
        lock (_lock)
            _memory?.Free(address);
        Release();
    }

    public void Copy(in TensorView source, in TensorView destination)
    {
        if (!source.Shape.SequenceEqual(destination.Shape))
            throw new ArgumentException($"copy: {Shape.Text(source.Shape)} does not fit {Shape.Text(destination.Shape)}");
        if (source.Elements == 0)
            return;

        lock (_lock)
            Memory().Copy(source, destination);
    }

    public void Append(in Heads heads, in TensorView slots, PagePool pool)
    {
        if (slots.Elements == 0)
            return;

        lock (_lock)
        {
            Memory().Append(heads.Key, slots, pool.Keys);
            Memory().Append(heads.Value, slots, pool.Values);
        }
    }

    public void Wait()
    {
    }

    private DeviceMemory Memory() => _memory ?? throw new InvalidOperationException($"{Name}: no component uses the device any more");
}
