using System.Security.Cryptography;
using Backend.Onnx.Device;
using Backend.Onnx.Graphs;
using Backend.Onnx.Native;
using Spud;

namespace Backend.Onnx.Shared;

/// <summary>
/// The sessions and bindings of one component, and its lease on the environment. Graphs that differ only in bound weights share one
/// session.
/// </summary>
internal sealed class Sessions : IDisposable
{
    // Measured memory of a session, in addition to its packed weights.
    private const long SessionBytes = 200_000;
    private readonly IBuildContext _build;
    private readonly OnnxRuntime _lease;
    private readonly Dictionary<string, OnnxSession> _shared = [];
    private readonly List<IDisposable> _owned = [];
    private bool _isDisposed;

    private Sessions(IBuildContext build, OnnxDevice device)
    {
        (_build, Device, _lease) = (build, device, OnnxRuntime.Lease(build));
        try
        {
            device.Own?.Retain(build);
        }
        catch
        {
            _lease.Dispose();
            throw;
        }
    }

    /// <summary>The device of the sessions.</summary>
    public OnnxDevice Device { get; }

    /// <summary>The memory domain of their values.</summary>
    public IMemoryDomain Domain => Device.Domain(_build);


    /// <summary>Creates a component; if that fails, its ONNX Runtime resources are released.</summary>
    public static TComponent Build<TComponent>(IBuildContext build, OnnxOptions options, Func<Sessions, TComponent> make)
    {
        Sessions sessions = new(build, OnnxDevice.Of(options.Device));
        try
        {
            return make(sessions);
        }
        catch
        {
            sessions.Dispose();
            throw;
        }
    }

    /// <summary>Creates a separate binding for a graph.</summary>
    public Binding Bind(Graph graph)
    {
        Binding binding = new(SessionOf(graph), graph);
        _owned.Add(binding);
        graph.ForgetWeights();
        return binding;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = _owned.Count - 1; i >= 0; i--)
            _owned[i].Dispose();

        _owned.Clear();
        if (!_isDisposed)
            Device.Own?.Release();
        _isDisposed = true;
        _lease.Dispose();
    }

    private OnnxSession SessionOf(Graph graph)
    {
        byte[] model = graph.ToBytes();
        string? key = graph.WeightBytes == 0 ? Convert.ToHexString(SHA256.HashData(model)) : null;
        if (key is not null && _shared.TryGetValue(key, out OnnxSession? known))
            return known;

        _build.EstimateNative(Domain, SessionBytes + graph.WeightBytes);
        OnnxSession made = new(model, Device);
        _owned.Add(made);
        if (key is not null)
            _shared[key] = made;
        return made;
    }
}
