using System.Runtime.InteropServices;
using Backend.Torch.Native;
using Backend.Torch.Shared;
using Spud;
using static TorchSharp.torch;

namespace Backend.Torch.Device;

/// <summary>Memory of a device and its current stream.</summary>
internal sealed class TorchDomain(TorchDevice device) : IMemoryDomain
{
    private readonly DeviceMemory _memory = new(device);

    public string Name => $"torch {device.Name}";

    public bool IsHost => false;

    public nint Allocate(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        try
        {
            return _memory.Allocate(bytes);
        }
        catch (ExternalException fault)
        {
            throw TorchFault.Of(fault);
        }
    }

    public void Free(nint address, long bytes) => _memory.Free(address);

    /// <summary>A tensor over a view of this memory.</summary>
    public Tensor Tensor(in TensorView view) => _memory.Tensor(view.Address, view.Type.Scalar, view.Shape);

    public void Copy(in TensorView source, in TensorView destination)
    {
        if (!source.Shape.SequenceEqual(destination.Shape))
            throw new ArgumentException($"copy: {Shape.Text(source.Shape)} does not fit {Shape.Text(destination.Shape)}");

        bool alike = source.Type == destination.Type;
        if (!alike && !(Computes(source.Type) && Computes(destination.Type)))
            throw new ArgumentException($"copy: {Name} does not convert {source.Type} to {destination.Type}. It knows F32, F16 and BF16.");

        try
        {
            using IDisposable inference = inference_mode();
            // Equal types, including block formats, are copied as bytes.
            using Tensor from = alike ? Bytes(source) : Any(source), to = alike ? Bytes(destination) : Any(destination);
            // The memory of others is not pinned: libtorch has read it when this returns, and has written it after the next synchronisation.
            to.copy_(from, nonBlocking: true);
        }
        catch (ExternalException fault)
        {
            throw TorchFault.Of(fault);
        }
    }

    public void Append(in Heads heads, in TensorView slots, PagePool pool)
    {
        foreach (ElementType type in (ReadOnlySpan<ElementType>)[pool.Keys.Type, pool.Values.Type])
            if (!Computes(type))
                throw new ArgumentException($"append: {Name} does not write {type} pages. Choose a cache format of f32, bf16 or f16.");

        try
        {
            using IDisposable inference = inference_mode();
            Append(heads.Key, slots.AsSpan<int>(), pool.Keys);
            Append(heads.Value, slots.AsSpan<int>(), pool.Values);
        }
        catch (ExternalException fault)
        {
            throw TorchFault.Of(fault);
        }
    }

    public void Wait()
    {
        try
        {
            // Reading one number back waits for everything queued before it.
            using Tensor probe = zeros(1, device: device.Torch), back = probe.cpu();
        }
        catch (ExternalException fault)
        {
            throw TorchFault.Of(fault);
        }
    }

    private static bool Computes(ElementType type) => type is ElementType.F32 or ElementType.F16 or ElementType.BF16;

    private Tensor Any(in TensorView view) => view.Domain.IsHost ? ForeignMemory.Tensor(view) : Tensor(view);

    private Tensor Bytes(in TensorView view) =>
        view.Domain.IsHost ? ForeignMemory.Bytes(view) : _memory.Tensor(view.Address, ScalarType.Byte, [checked((int)view.Bytes)]);

    private void Append(in TensorView rows, ReadOnlySpan<int> slots, in TensorView pages)
    {
        using Tensor from = Tensor(rows), to = Tensor(pages);
        int pageTokens = pages.Shape[2];
        for (int row = 0, together; row < slots.Length; row += together)
        {
            // Adjacent rows usually have adjacent slots: one copy for all that are contiguous in a page.
            (int page, int key) = (slots[row] / pageTokens, slots[row] % pageTokens);
            together = 1;
            while (row + together < slots.Length && slots[row + together] == slots[row] + together && key + together < pageTokens)
                together++;

            using Tensor part = from.narrow(0, row, together), heads = part.transpose(0, 1);
            using Tensor whole = to.select(0, page), place = whole.narrow(1, key, together);
            place.copy_(heads, nonBlocking: true);
        }
    }
}
