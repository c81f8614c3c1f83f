using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Backend.Torch.Native;
using Spud;
using TorchSharp;
using static TorchSharp.torch;

namespace Backend.Torch.Device;

/// <summary>A libtorch device: one instance per name, for the lifetime of the process.</summary>
internal sealed class TorchDevice
{
    /// <summary>Names that an option accepts.</summary>
    public const string Names = "cpu|cuda(:[0-9]{1,2})?";

    /// <summary>
    /// For tests, which turn on the switch of this name: <see cref="FakeDevice"/> is then the CPU, with memory that the host may not
    /// read, so that device code paths can be tested without a device.
    /// </summary>
    public const string FakeDeviceSwitch = "Backend.Torch.FakeDevice";

    /// <summary>No machine has this many.</summary>
    public const string FakeDevice = "cuda:99";

    private static readonly ConcurrentDictionary<string, TorchDevice> s_all = new();
    private readonly TorchDomain? _own;

    private TorchDevice(string name)
    {
        Name = name;
        Torch = new torch.Device(IsFakeDevice(name) ? "cpu" : name);
        _own = name == "cpu" ? null : new TorchDomain(this);
    }

    /// <summary>"cpu", "cuda:0".</summary>
    public string Name { get; }

    /// <summary>The device libtorch computes on.</summary>
    public torch.Device Torch { get; }

    /// <summary>Whether it is the CPU.</summary>
    public bool IsHost => _own is null;

    /// <summary>Whether libtorch computes on the CPU, possibly in place of a device.</summary>
    public bool ComputesOnProcessor => Torch.type == DeviceType.CPU;

    /// <summary>The device that an option names.</summary>
    /// <exception cref="RefusedException">There is no such device.</exception>
    public static TorchDevice Of(string name)
    {
        TorchDevice device = s_all.GetOrAdd(name == "cuda" ? "cuda:0" : name, static name => new(name));
        if (device.Fault() is { } fault)
        {
            throw new RefusedException(
                $"device {device.Name} cannot be used: {fault} Use device cpu, or set Spud up with a libtorch that has CUDA: ./spud setup torch --cuda.");
        }

        return device;
    }

    /// <summary>The memory domain of its components.</summary>
    public IMemoryDomain Domain(IBuildContext build) => _own is { } domain ? domain : build.Host;

    /// <summary>A tensor over a view of this device's memory.</summary>
    public Tensor Tensor(in TensorView view) => _own is { } domain ? domain.Tensor(view) : ForeignMemory.Tensor(view);

    /// <summary>The same, or null for an absent view.</summary>
    public Tensor? TensorIf(in TensorView view) => view.IsPresent ? Tensor(view) : null;

    private static bool IsFakeDevice(string name) => name == FakeDevice && AppContext.TryGetSwitch(FakeDeviceSwitch, out bool pretends) && pretends;

    private string? Fault()
    {
        if (ComputesOnProcessor)
            return null;
        if (!TorchLibrary.HasCuda())
            return "this libtorch was built without CUDA.";

        try
        {
            using Tensor probe = zeros(1, device: Torch), back = probe.cpu();
            return null;
        }
        catch (Exception fault) when (fault is ExternalException or InvalidOperationException)
        {
            return fault.Message.Split('\n')[0];
        }
    }
}
