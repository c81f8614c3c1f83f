using System.Security.Cryptography;
using Backend.Onnx.Device;
using Backend.Onnx.Graphs;
using Backend.Onnx.Native;
using Spud;

namespace Backend.Onnx.Shared;

/// <summary>
/// The sessions and bindings of one component, and its lease of the environment. Graphs that are the same but for bound weights are one
/// session.
/// </summary>
internal sealed class Sessions : IDisposable
{
    // What a session takes in addition to its packed weights, as measured.
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

    /// <summary>Where their graphs are computed.</summary>
    public OnnxDevice Device { get; }

    /// <summary>Where their values lie.</summary>
    public IMemoryDomain Domain => Device.Domain(_build);


    /// <summary>Makes a component; what it had of ONNX Runtime is given back if it fails.</summary>
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

    /// <summary>A binding of its own for a graph.</summary>
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
