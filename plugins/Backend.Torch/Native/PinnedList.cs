using static TorchSharp.torch;

namespace Backend.Torch.Native;

/// <summary>A list that grows and is never moved by the collector, so that a tensor can lie over it.</summary>
internal sealed class PinnedList<T>(ScalarType type)
    where T : unmanaged
{
    private T[] _items = [];

    /// <summary>Room for so many, of which the contents are unspecified.</summary>
    public Span<T> Take(int count)
    {
        if (_items.Length < count)
            _items = GC.AllocateUninitializedArray<T>(Math.Max(count, 2 * _items.Length), pinned: true);

        return _items.AsSpan(0, count);
    }

    /// <summary>A tensor over the first entries, which lives no longer than the next <see cref="Take"/>.</summary>
    public Tensor Tensor(int count) => ForeignMemory.Tensor(_items, count, type);
}
