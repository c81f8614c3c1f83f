using System.Runtime.InteropServices;
using Backend.Onnx.Device;
using Backend.Onnx.Graphs;
using Backend.Onnx.Shared;
using Microsoft.ML.OnnxRuntime;
using Spud;
using DataType = Onnx.TensorProto.Types.DataType;

namespace Backend.Onnx.Native;

/// <summary>Allocation and copies for a device, by graphs of one node: ONNX Runtime transfers values bound on the other side.</summary>
internal sealed class DeviceMemory : IDisposable
{
    private const int MaxBytes = 1 << 30, ZeroBytes = 1 << 20;
    private readonly OnnxDevice _device;
    private readonly IMemoryDomain _host;
    private readonly OnnxRuntime _lease;
    private readonly List<IDisposable> _owned = [];
    private readonly MoveGraph _bytes;
    private readonly Dictionary<(ElementType, ElementType), MoveGraph> _casts = [];
    private readonly Dictionary<ElementType, AppendGraph> _appends = [];
    private readonly OrtAllocator _allocator;
    private readonly byte[] _zeros = GC.AllocateArray<byte>(ZeroBytes, pinned: true);
    private byte[] _encoded = [], _floats = [];
    private long[] _indices = [];

    public DeviceMemory(OnnxDevice device, IBuildContext build)
    {
        (_device, _host, _lease) = (device, build.Host, OnnxRuntime.Lease(build));
        try
        {
            (_bytes, OnnxSession session) = Move(ElementType.I8, ElementType.I8);
            _allocator = session.Allocator();
            _owned.Add(_allocator);
        }
        catch (Exception exception)
        {
            Dispose();
            if (exception is OnnxRuntimeException refusal)
                throw device.Refusal(refusal);
            throw;
        }
    }

    /// <summary>Allocates zeroed memory.</summary>
    public nint Allocate(long bytes)
    {
        nint address = OrtApi.Allocate(_allocator.DangerousGetHandle(), bytes);
        for (long done = 0; done < bytes; done += ZeroBytes)
            CopyBytes(OnnxSession.HostMemory, AddressOf(_zeros), _device.Memory, address + (nint)done, Math.Min(ZeroBytes, bytes - done));

        return address;
    }

    public void Free(nint address) => OrtApi.Free(_allocator.DangerousGetHandle(), address);

    /// <summary>Copies between views of equal, non-empty shapes.</summary>
    public void Copy(in TensorView source, in TensorView destination)
    {
        if (source.Type == destination.Type)
            CopyBytes(MemoryOf(source), source.Address, MemoryOf(destination), destination.Address, source.Bytes);
        else if (Computes(source.Type) && Computes(destination.Type))
            CastOf(source.Type, destination.Type).Run(MemoryOf(source), source.Address, MemoryOf(destination), destination.Address, checked((int)source.Elements));
        else
            CopyByHost(source, destination);
    }

    /// <summary>Writes rows F32 [T, G, D] to their positions in pages [N, G, P, D].</summary>
    public void Append(in TensorView rows, in TensorView slots, in TensorView pages)
    {
        (int count, int heads, int width, int pageTokens) = (slots.Shape[0], pages.Shape[1], pages.Shape[3], pages.Shape[2]);
        ReadOnlySpan<int> to = slots.AsSpan<int>();
        if (_indices.Length < count * heads)
            _indices = GC.AllocateUninitializedArray<long>(count * heads, pinned: true);
        for (int row = 0; row < count; row++)
        {
            (int page, int key) = Math.DivRem(to[row], pageTokens);
            for (int head = 0; head < heads; head++)
                _indices[row * heads + head] = ((long)page * heads + head) * pageTokens + key;
        }

        nint indices = Marshal.UnsafeAddrOfPinnedArrayElement(_indices, 0);
        int places = checked(pages.Shape[0] * heads * pageTokens), written = count * heads;
        if (Computes(pages.Type))
        {
            AppendOf(pages.Type).Run(MemoryOf(rows), rows.Address, indices, pages.Address, written, places, width);
            return;
        }

        int rowBytes = (int)pages.Type.BytesOf(width);
        TensorView floats = Scratch(ref _floats, ElementType.F32, written, width), encoded = Scratch(ref _encoded, pages.Type, written, width);
        CopyBytes(MemoryOf(rows), rows.Address, OnnxSession.HostMemory, floats.Address, floats.Bytes);
        _host.Copy(floats, encoded);
        AppendOf(ElementType.I8).Run(OnnxSession.HostMemory, encoded.Address, indices, pages.Address, written, places, rowBytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = _owned.Count - 1; i >= 0; i--)
            _owned[i].Dispose();

        _owned.Clear();
        _lease.Dispose();
    }

    private static bool Computes(ElementType type) => type is ElementType.F32 or ElementType.F16 or ElementType.BF16;

    private static nint AddressOf(byte[] pinned) => Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);

    private nint MemoryOf(in TensorView view) => view.Domain.IsHost ? OnnxSession.HostMemory : _device.Memory;

    private TensorView Scratch(ref byte[] memory, ElementType type, params ReadOnlySpan<int> shape)
    {
        long elements = 1;
        foreach (int length in shape)
            elements *= length;
        if (memory.Length < type.BytesOf(elements))
            memory = GC.AllocateUninitializedArray<byte>(checked((int)type.BytesOf(elements)), pinned: true);

        return new TensorView(_host, AddressOf(memory), type, shape);
    }

    // The host encodes and decodes formats that graphs do not support.
    private void CopyByHost(in TensorView source, in TensorView destination)
    {
        TensorView from = source, to = destination;
        if (!source.Domain.IsHost)
        {
            from = Scratch(ref _encoded, source.Type, source.Shape);
            CopyBytes(_device.Memory, source.Address, OnnxSession.HostMemory, from.Address, from.Bytes);
        }

        if (!destination.Domain.IsHost)
            to = Scratch(ref _floats, destination.Type, destination.Shape);
        _host.Copy(from, to);
        if (!destination.Domain.IsHost)
            CopyBytes(OnnxSession.HostMemory, to.Address, _device.Memory, destination.Address, to.Bytes);
    }

    private void CopyBytes(nint fromMemory, nint from, nint toMemory, nint to, long bytes)
    {
        for (long done = 0; done < bytes; done += MaxBytes)
            _bytes.Run(fromMemory, from + (nint)done, toMemory, to + (nint)done, (int)Math.Min(MaxBytes, bytes - done));
    }

    private MoveGraph CastOf(ElementType from, ElementType to) =>
        _casts.TryGetValue((from, to), out MoveGraph? known) ? known : _casts[(from, to)] = Move(from, to).Graph;

    private AppendGraph AppendOf(ElementType type)
    {
        if (_appends.TryGetValue(type, out AppendGraph? known))
            return known;

        Graph graph = AppendGraph.Make(type);
        return _appends[type] = new AppendGraph(Bind(graph).Binding, _device.Memory);
    }

    private (MoveGraph Graph, OnnxSession Session) Move(ElementType from, ElementType to)
    {
        Graph graph = new();
        string input = graph.Input("from", from, "n");
        graph.Output(from == to ? graph.Node("Identity", [input]) : graph.Node("Cast", [input], Graphs.Attribute.Int("to", (long)(DataType)OnnxTypes.Of(to))), "to", to, "n");
        (Binding binding, OnnxSession session) = Bind(graph);
        return (new MoveGraph(binding), session);
    }

    private (Binding Binding, OnnxSession Session) Bind(Graph graph)
    {
        OnnxSession session = new(graph.ToBytes(), _device);
        _owned.Add(session);
        Binding binding = new(session, graph);
        _owned.Add(binding);
        return (binding, session);
    }
}
