using Backend.Torch.Native;
using static TorchSharp.torch;

namespace Backend.Torch.Device;

/// <summary>
/// Blocks of device memory. Each is a libtorch tensor, which keeps it alive, and components see parts of blocks: the
/// bindings cannot create a tensor from a plain address on a device.
/// </summary>
internal sealed class DeviceMemory(TorchDevice device)
{
    private readonly Lock _gate = new();
    private readonly SortedList<nint, Block> _blocks = [];

    /// <summary>Allocates zeroed memory.</summary>
    public nint Allocate(long bytes)
    {
        Tensor whole = zeros(bytes, ScalarType.Byte, device.Torch);
        nint address = ForeignMemory.Address(whole);
        lock (_gate)
            _blocks.Add(address, new Block(whole, bytes));

        return address;
    }

    /// <summary>Frees a block.</summary>
    public void Free(nint address)
    {
        lock (_gate)
        {
            if (_blocks.Remove(address, out Block? block))
                block.Dispose();
        }
    }

    /// <summary>A tensor over a part of a block.</summary>
    /// <exception cref="ArgumentException">The part is in no block.</exception>
    public Tensor Tensor(nint address, ScalarType type, ReadOnlySpan<int> shape)
    {
        long[] sizes = new long[shape.Length], strides = new long[shape.Length];
        long elements = 1;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            (sizes[axis], strides[axis]) = (shape[axis], elements);
            elements *= shape[axis];
        }

        lock (_gate)
        {
            (nint start, Block block) = BlockAt(address);
            Tensor typed = block.As(type);
            return typed.as_strided(sizes, strides, (address - start) / typed.element_size());
        }
    }

    private (nint Start, Block Block) BlockAt(nint address)
    {
        int low = 0, high = _blocks.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _blocks.GetKeyAtIndex(middle) <= address ? (middle + 1, high) : (low, middle);
        }

        if (low > 0 && address < _blocks.GetKeyAtIndex(low - 1) + _blocks.GetValueAtIndex(low - 1).Bytes)
            return (_blocks.GetKeyAtIndex(low - 1), _blocks.GetValueAtIndex(low - 1));

        throw new ArgumentException($"address {address:x} is not in memory of device {device.Name}.", nameof(address));
    }

    /// <summary>One block, and its memory viewed as other types.</summary>
    private sealed class Block(Tensor whole, long bytes) : IDisposable
    {
        private readonly Dictionary<ScalarType, Tensor> _typed = new() { [ScalarType.Byte] = whole };

        public long Bytes => bytes;

        public Tensor As(ScalarType type)
        {
            if (_typed.TryGetValue(type, out Tensor? known))
                return known;

            // The bindings lack this form of view. Set to a part of the bytes, a tensor keeps its type and takes their memory.
            Tensor typed = empty(0, type, whole.device);
            using Tensor part = whole.narrow(0, 0, bytes / typed.element_size());
            return _typed[type] = typed.set_(part);
        }

        public void Dispose()
        {
            foreach (Tensor tensor in _typed.Values)
                tensor.Dispose();
        }
    }
}
