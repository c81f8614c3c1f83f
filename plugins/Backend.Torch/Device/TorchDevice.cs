using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Backend.Torch.Native;
using Spud;

namespace Backend.Torch.Device;

/// <summary>A device of libtorch's: one instance for each name, for the life of the process.</summary>
internal sealed class TorchDevice
{
    /// <summary>What an option may name.</summary>
    public const string Names = "cpu|cuda(:[0-9]{1,2})?";

    /// <summary>
    /// For tests, which turn on the switch of this name: <see cref="Pretended"/> is then the processor, with memory that the host may not
    /// read, so that all that is done for a device can be seen without one.
    /// </summary>
    public const string PretendSwitch = "Backend.Torch.PretendDevice";

    /// <summary>No machine has so many.</summary>
    public const string Pretended = "cuda:99";

    private static readonly ConcurrentDictionary<string, TorchDevice> s_all = new();
    private readonly nint _name;

    private TorchDevice(string name, string torchName)
    {
        (Name, _name) = (name, Marshal.StringToCoTaskMemUTF8(torchName));
        Own = name == "cpu" ? null : new TorchDomain(this);
    }

    /// <summary>"cpu", "cuda:0".</summary>
    public string Name { get; }

    /// <summary>The same for the shim.</summary>
    public nint NativeName => _name;

    /// <summary>Whether it is the processor.</summary>
    public bool IsHost => Own is null;

    private TorchDomain? Own { get; }

    /// <summary>The device that an option names.</summary>
    /// <exception cref="RefusedException">There is no such device.</exception>
    public static TorchDevice Of(string name)
    {
        TorchDevice device = s_all.GetOrAdd(name == "cuda" ? "cuda:0" : name, static name => new(name, IsPretended(name) ? "cpu" : name));
        if (!device.IsHost && Shim.DeviceCheck(device._name) is var error && error != 0)
        {
            throw new RefusedException(
                $"device {device.Name} cannot be used: {Shim.Text(error).Split('\n')[0]}. Use device cpu, or set Spud up with a libtorch that has CUDA: "
                + "install PyTorch with CUDA for python3, or give its folder in SPUD_TORCH, and run ./spud setup torch.");
        }

        return device;
    }

    /// <summary>Where its components work.</summary>
    public IMemoryDomain Domain(IBuildContext build) => Own is { } domain ? domain : build.Host;

    /// <summary>For a component's configuration.</summary>
    public NativePlace Place() => new() { Device = _name, IsHost = IsHost ? 1 : 0 };

    private static bool IsPretended(string name) => name == Pretended && AppContext.TryGetSwitch(PretendSwitch, out bool pretends) && pretends;
}
