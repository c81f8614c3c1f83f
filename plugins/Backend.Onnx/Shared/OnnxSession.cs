using Microsoft.ML.OnnxRuntime;

namespace Backend.Onnx.Shared;

/// <summary>A graph that ONNX Runtime has made ready.</summary>
internal sealed class OnnxSession : IDisposable
{
    // The library copies options when it makes a session; until then they must not be collected.
    private readonly SessionOptions _options;
    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();

    public OnnxSession(byte[] model)
    {
        _options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, EnableMemoryPattern = false };
        try
        {
            _options.DisablePerSessionThreads();
            _options.AddSessionConfigEntry("session.use_env_allocators", "1");
            _session = new InferenceSession(model, _options);
        }
        catch
        {
            _run.Dispose();
            _options.Dispose();
            throw;
        }
    }

    /// <summary>OrtMemoryInfo of the processor's memory.</summary>
    public static nint HostMemory { get; } = OrtMemoryInfo.DefaultInstance.DangerousGetHandle();

    public OrtIoBinding NewBinding() => _session.CreateIoBinding();

    public void Run(OrtIoBinding binding) => _session.RunWithBinding(_run, binding);

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
        _options.Dispose();
    }
}
