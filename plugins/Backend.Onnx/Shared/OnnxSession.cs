using Backend.Onnx.Device;
using Backend.Onnx.Native;
using Microsoft.ML.OnnxRuntime;

namespace Backend.Onnx.Shared;

/// <summary>A graph loaded into an ONNX Runtime session.</summary>
internal sealed class OnnxSession : IDisposable
{
    // The library copies options when it creates a session; until then they must not be collected.
    private readonly SessionOptions _options;
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();

    public OnnxSession(byte[] model, OnnxDevice device)
    {
        Device = device;
        _options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, EnableMemoryPattern = false };
        try
        {
            _options.DisablePerSessionThreads();
            _options.AddSessionConfigEntry("session.use_env_allocators", "1");
            device.Configure(_options);
            _session = new InferenceSession(model, _options);
        }
        catch
        {
            _run.Dispose();
            _options.Dispose();
            throw;
        }
    }

    /// <summary>OrtMemoryInfo of CPU memory.</summary>
    public static nint HostMemory { get; } = OrtMemoryInfo.DefaultInstance.DangerousGetHandle();

    /// <summary>The device of the session.</summary>
    public OnnxDevice Device { get; }

    /// <summary>OrtMemoryInfo of the device's memory.</summary>
    public OrtAllocator Allocator() => Device.AllocatorOf(_session);

    public OrtIoBinding NewBinding() => _session.CreateIoBinding();

    public void Run(OrtIoBinding binding)
    {
        try
        {
            _session.RunWithBinding(_run, binding);
        }
        catch (OnnxRuntimeException exception)
        {
            throw OnnxFault.Of(exception.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
        _options.Dispose();
    }
}
