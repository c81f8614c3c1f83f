using System.Collections.Concurrent;
using System.Globalization;
using Backend.Onnx.Native;
using Microsoft.ML.OnnxRuntime;
using Spud;

namespace Backend.Onnx.Device;

/// <summary>The device on which graphs run: one instance per name, for the lifetime of the process.</summary>
internal sealed class OnnxDevice
{
    /// <summary>The CPU.</summary>
    public const string Cpu = "cpu";

    /// <summary>
    /// For tests, which turn on the switch of this name: <see cref="FakeDevice"/> is then the CPU, with memory that the host may not
    /// read, so that device code paths can be tested without a device.
    /// </summary>
    public const string FakeDeviceSwitch = "Backend.Onnx.FakeDevice";

    /// <summary>No machine has this many.</summary>
    public const string FakeDevice = "cuda:99";

    private const string Cuda = "cuda";
    private static readonly ConcurrentDictionary<string, OnnxDevice> s_all = new();
    private readonly int _number;
    private readonly bool _isFake;
    private readonly OrtMemoryInfo _memory;

    private OnnxDevice(string name, int number)
    {
        (Name, _number, _isFake) = (name, number, name == FakeDevice && AppContext.TryGetSwitch(FakeDeviceSwitch, out bool pretends) && pretends);
        bool isCuda = name != Cpu && !_isFake;
        _memory = isCuda ? new OrtMemoryInfo("Cuda", OrtAllocatorType.DeviceAllocator, number, OrtMemType.Default) : OrtMemoryInfo.DefaultInstance;
        (IsCuda, Memory, Own) = (isCuda, _memory.DangerousGetHandle(), name == Cpu ? null : new OnnxDomain(this));
    }

    /// <summary>"cpu", "cuda:0".</summary>
    public string Name { get; }

    /// <summary>Whether it is the CPU, with memory that the host can read.</summary>
    public bool IsHost => Own is null;

    /// <summary>OrtMemoryInfo of the device's memory.</summary>
    public nint Memory { get; }

    /// <summary>The device's own memory; null for the CPU.</summary>
    public OnnxDomain? Own { get; }

    private bool IsCuda { get; }

    /// <summary>The device that an option names.</summary>
    /// <exception cref="RefusedException">There is no such device.</exception>
    public static OnnxDevice Of(string name) => s_all.GetOrAdd(name == Cuda ? "cuda:0" : name, static name =>
    {
        if (name == Cpu)
            return new(name, 0);
        if (!name.StartsWith("cuda:", StringComparison.Ordinal) || !int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number > 99)
            throw new RefusedException($"device '{name}' is not known. Known: cpu, cuda, cuda:0 .. cuda:99.");

        OnnxDevice device = new(name, number);
        return !device.IsCuda || OrtLibrary.CudaProblem() is not { } problem ? device : throw new RefusedException($"device {name}: {problem} Or set device to \"cpu\".");
    });

    /// <summary>The memory domain of its components.</summary>
    public IMemoryDomain Domain(IBuildContext build) => Own is { } domain ? domain : build.Host;

    /// <summary>Configures a session to run on the device.</summary>
    /// <exception cref="RefusedException">The device cannot be used.</exception>
    public void Configure(SessionOptions options)
    {
        if (!IsCuda)
            return;

        try
        {
            using OrtCUDAProviderOptions cuda = new();
            cuda.UpdateOptions(new Dictionary<string, string>
            {
                ["device_id"] = _number.ToString(CultureInfo.InvariantCulture),
                ["arena_extend_strategy"] = "kSameAsRequested",
            });
            options.AppendExecutionProvider_CUDA(cuda);
        }
        catch (OnnxRuntimeException exception)
        {
            throw Refusal(exception);
        }
    }

    /// <summary>Why the device cannot be used, according to its first session.</summary>
    public RefusedException Refusal(OnnxRuntimeException exception) => new(
        $"device {Name} cannot be used: {exception.Message.Split('\n')[0]} It needs an NVIDIA driver and the libraries of CUDA 13 "
        + "(libcudart, libcublas, libcublasLt, libcurand, libcufft) where the system finds them. Install them, or set device to \"cpu\".");

    /// <summary>The allocator of its memory, obtained from a session.</summary>
    public OrtAllocator AllocatorOf(InferenceSession session) => new(session, _memory);
}
