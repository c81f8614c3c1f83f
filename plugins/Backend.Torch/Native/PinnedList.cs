using static TorchSharp.torch;

namespace Backend.Torch.Native;

/// <summary>A growable list that is pinned, so that a tensor can be created over it.</summary>
internal sealed class PinnedList<T>(ScalarType type)
    where T : unmanaged
{
    private T[] _items = [];

    /// <summary>Ensures capacity for a number of entries, whose contents are unspecified.</summary>
    public Span<T> Take(int count)
    {
        if (_items.Length < count)
            _items = GC.AllocateUninitializedArray<T>(Math.Max(count, 2 * _items.Length), pinned: true);

        return _items.AsSpan(0, count);
    }

    /// <summary>A tensor over the first entries, valid until the next <see cref="Take"/>.</summary>
    public Tensor Tensor(int count) => ForeignMemory.Tensor(_items, count, type);
}
