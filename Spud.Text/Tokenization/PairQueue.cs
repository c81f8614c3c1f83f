using System.Runtime.CompilerServices;

namespace Spud.Text.Tokenization;

/// <summary>
/// A binary heap of pairs of neighbouring symbols: the lowest order first, and the leftmost of equal ones. PriorityQueue would work,
/// but compiling it for these types costs more at start-up than a prompt takes to encode.
/// </summary>
internal sealed class PairQueue
{
    private Pair[] _heap = new Pair[64];
    private int _count;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Enqueue(Pair pair)
    {
        if (_count == _heap.Length)
        {
            Array.Resize(ref _heap, 2 * _count);
        }

        int at = _count++;
        for (int parent = (at - 1) / 2; at > 0 && pair.Priority < _heap[parent].Priority; parent = (at - 1) / 2)
        {
            _heap[at] = _heap[parent];
            at = parent;
        }

        _heap[at] = pair;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryDequeue(out Pair pair)
    {
        pair = _heap[0];
        if (_count == 0)
        {
            return false;
        }

        Pair last = _heap[--_count];
        int at = 0;
        for (int child = 1; child < _count; child = 2 * at + 1)
        {
            if (child + 1 < _count && _heap[child + 1].Priority < _heap[child].Priority)
            {
                child++;
            }

            if (last.Priority <= _heap[child].Priority)
            {
                break;
            }

            _heap[at] = _heap[child];
            at = child;
        }

        _heap[at] = last;
        return true;
    }

    /// <summary>Two symbols that may be merged.</summary>
    /// <param name="Order">Order of merging; the lowest first.</param>
    /// <param name="Left">Index of the left symbol.</param>
    /// <param name="Right">Index of the right symbol.</param>
    /// <param name="Bytes">Bytes of both when the pair was added, used to detect pairs that have changed since.</param>
    internal readonly record struct Pair(uint Order, int Left, int Right, int Bytes)
    {
        public ulong Priority => (ulong)Order << 32 | (uint)Left;
    }
}
