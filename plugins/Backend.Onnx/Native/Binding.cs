using System.Runtime.InteropServices;
using Backend.Onnx.Graphs;
using Backend.Onnx.Shared;
using Microsoft.ML.OnnxRuntime;
using Spud;

namespace Backend.Onnx.Native;

/// <summary>
/// The values that one layer binds to a session. Names are looked up at build; a value is bound again only if its address or shape has
/// changed, and even then nothing managed is allocated.
/// </summary>
internal sealed class Binding : IDisposable
{
    private readonly OnnxSession _session;
    private readonly OrtIoBinding _binding;
    private readonly nint _handle;
    private readonly Slot[] _slots;

    /// <summary>Binds the graph's weights; the rest is bound by <see cref="Set(int, in TensorView)"/>.</summary>
    public Binding(OnnxSession session, Graph graph)
    {
        _session = session;
        _binding = session.NewBinding();
        _handle = _binding.DangerousGetHandle();
        _slots = [.. graph.Slots.Select(slot => new Slot { Name = Marshal.StringToCoTaskMemUTF8(slot.Name), IsOutput = slot.IsOutput, Type = slot.Type })];
        Names = [.. graph.Slots.Select(slot => slot.Name)];
        foreach ((string name, TensorView view) in graph.Weights)
            Set(SlotOf(name), view);
    }

    /// <summary>Names of the slots.</summary>
    private string[] Names { get; }

    /// <summary>Index of an input or output.</summary>
    public int SlotOf(string name) => Array.IndexOf(Names, name) is >= 0 and int slot ? slot : throw new ArgumentException($"the graph has no value {name}", nameof(name));

    /// <summary>Binds a view with its own shape.</summary>
    public void Set(int slot, in TensorView view) => Set(slot, view.Address, view.Shape);

    /// <summary>Binds memory with any shape.</summary>
    public void Set(int slot, nint address, params ReadOnlySpan<int> shape)
    {
        ref Slot bound = ref _slots[slot];
        if (bound.Address == address && shape.SequenceEqual(bound.Shape))
            return;

        Bind(ref bound, _session.Device.Memory, address, shape);
        bound.Remember(address, shape);
    }

    /// <summary>Binds memory of host or device, whatever was bound before: data on the other side are copied at once.</summary>
    public void SetAnew(int slot, nint memory, nint address, params ReadOnlySpan<int> shape) => Bind(ref _slots[slot], memory, address, shape);

    /// <summary>Runs the graph.</summary>
    public void Run() => _session.Run(_binding);

    /// <inheritdoc/>
    public void Dispose()
    {
        _binding.Dispose();
        foreach (Slot slot in _slots)
            Marshal.FreeCoTaskMem(slot.Name);
    }

    private void Bind(ref Slot bound, nint memory, nint address, ReadOnlySpan<int> shape)
    {
        long elements = 1;
        foreach (int length in shape)
            elements *= length;

        bound.Address = 0;
        BoundTensor tensor = new() { Memory = memory, Address = address, Bytes = bound.Type.BytesOf(elements), Type = (int)OnnxTypes.Of(bound.Type) };
        OrtApi.Bind(_handle, bound.Name, bound.IsOutput, tensor, shape);
    }

    private struct Slot
    {
        public nint Name, Address;
        public bool IsOutput;
        public ElementType Type;
        private Lengths _lengths;
        private int _rank;

        [System.Diagnostics.CodeAnalysis.UnscopedRef]
        public ReadOnlySpan<int> Shape => ((ReadOnlySpan<int>)_lengths)[.._rank];

        public void Remember(nint address, ReadOnlySpan<int> shape)
        {
            (Address, _rank) = (address, shape.Length);
            shape.CopyTo(_lengths);
        }

        [System.Runtime.CompilerServices.InlineArray(4)]
        private struct Lengths
        {
            private int _first;
        }
    }
}
