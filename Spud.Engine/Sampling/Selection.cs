using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Spud.Sampling;

/// <summary>
/// Partial selection over logits [V]. Nothing here sorts a vocabulary; no logit may be NaN, except where stated. The loops are optimised
/// from the first call, since otherwise the first token would run unoptimised vector code.
/// </summary>
public static class Selection
{
    /// <summary>The largest logit, or NaN if any is NaN. At most two passes: a vectorised maximum, then a search for its first position.</summary>
    /// <returns>The lowest id with the largest logit, -0 and 0 being equal; meaningless if that is NaN.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int ArgMax(ReadOnlySpan<float> logits, out float max)
    {
        max = TensorPrimitives.Max(logits);
        int i = 0;
        Vector<float> wanted = new(max);
        while (i + Vector<float>.Count <= logits.Length && !Vector.EqualsAny(new Vector<float>(logits[i..]), wanted))
        {
            i += Vector<float>.Count;
        }
        while (i < logits.Length - 1 && logits[i] != max)
        {
            i++;
        }
        return i;
    }

    /// <summary>Copies the logits whose bit is set; the others become negative infinity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Where(ReadOnlySpan<float> logits, ReadOnlySpan<ulong> bits, Span<float> kept)
    {
        for (int word = 0, at = 0; at < kept.Length; word++, at += 64)
        {
            int count = Math.Min(64, kept.Length - at);
            ulong set = bits[word], cleared = ~set & (count == 64 ? ulong.MaxValue : (1UL << count) - 1);

            // Most words are nearly empty or nearly full.
            if (BitOperations.PopCount(set) > 32)
            {
                logits.Slice(at, count).CopyTo(kept[at..]);
                for (; cleared != 0; cleared &= cleared - 1)
                    kept[at + BitOperations.TrailingZeroCount(cleared)] = float.NegativeInfinity;
                continue;
            }

            kept.Slice(at, count).Fill(float.NegativeInfinity);
            for (; set != 0; set &= set - 1)
            {
                int id = at + BitOperations.TrailingZeroCount(set);
                kept[id] = logits[id];
            }
        }
    }

    /// <summary>Fills <paramref name="best"/> with the keys of the best tokens, as many as fit, worst first (a heap). Must not be longer than the logits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Best(ReadOnlySpan<float> logits, Span<ulong> best)
    {
        for (int id = 0; id < best.Length; id++)
        {
            best[id] = Candidate.Key(logits[id], id);
        }
        for (int parent = (best.Length / 2) - 1; parent >= 0; parent--)
        {
            SiftDown(best, parent);
        }
        int i = best.Length;
        float worst = Candidate.Logit(best[0]);
        for (; i + Vector<float>.Count <= logits.Length; i += Vector<float>.Count)
        {
            if (Vector.GreaterThanAny(new Vector<float>(logits[i..]), new Vector<float>(worst)))
            {
                worst = Offer(logits, i, i + Vector<float>.Count, best);
            }
        }
        Offer(logits, i, logits.Length, best);
    }

    /// <summary>Writes the keys of all tokens that are at least <paramref name="cut"/>, by ascending id, and returns their number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static int Gather(ReadOnlySpan<float> logits, ulong cut, Span<ulong> keys)
    {
        int count = 0, i = 0;
        Vector<float> least = new(Candidate.Logit(cut));
        for (; i + Vector<float>.Count <= logits.Length; i += Vector<float>.Count)
        {
            if (Vector.GreaterThanOrEqualAny(new Vector<float>(logits[i..]), least))
            {
                count = GatherRange(logits, i, i + Vector<float>.Count, cut, keys, count);
            }
        }
        return GatherRange(logits, i, logits.Length, cut, keys, count);
    }

    /// <summary>
    /// The key at which the cumulative weight of the best candidates, from the best downwards, first reaches <paramref name="target"/>
    /// (positive); 0 if the total does not. Permutes both spans. Quickselect by weight, so linear on average; the last few are sorted,
    /// as is whatever is left after as many rounds as a bad choice of pivots might need.
    /// </summary>
    internal static ulong CutByWeight(Span<ulong> keys, Span<double> weights, double target)
    {
        double better = 0;
        for (int round = 2 * BitOperations.Log2((uint)keys.Length + 1); round > 0 && keys.Length > 24; round--)
        {
            int pivot = Partition(keys, weights);
            double left = Sum(weights[..pivot]);
            if (better + left >= target)
            {
                keys = keys[..pivot];
                weights = weights[..pivot];
                continue;
            }
            better += left + weights[pivot];
            if (better >= target)
            {
                return keys[pivot];
            }
            keys = keys[(pivot + 1)..];
            weights = weights[(pivot + 1)..];
        }
        keys.Sort(weights);
        for (int i = keys.Length - 1; i >= 0; i--)
        {
            better += weights[i];
            if (better >= target)
            {
                return keys[i];
            }
        }
        // Only through rounding: the part split off reached the target when summed in its old order.
        return keys.Length > 0 ? keys[0] : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Offer(ReadOnlySpan<float> logits, int from, int to, Span<ulong> best)
    {
        for (int id = from; id < to; id++)
        {
            ulong key = Candidate.Key(logits[id], id);
            if (key > best[0])
            {
                best[0] = key;
                SiftDown(best, 0);
            }
        }
        return Candidate.Logit(best[0]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SiftDown(Span<ulong> heap, int parent)
    {
        ulong key = heap[parent];
        for (int child; (child = (2 * parent) + 1) < heap.Length; parent = child)
        {
            if (child + 1 < heap.Length && heap[child + 1] < heap[child])
            {
                child++;
            }
            if (heap[child] >= key)
            {
                break;
            }
            heap[parent] = heap[child];
        }
        heap[parent] = key;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int GatherRange(ReadOnlySpan<float> logits, int from, int to, ulong cut, Span<ulong> keys, int count)
    {
        for (int id = from; id < to; id++)
        {
            ulong key = Candidate.Key(logits[id], id);
            if (key >= cut)
            {
                keys[count++] = key;
            }
        }
        return count;
    }

    // Moves better keys to the left of the pivot, which is the median of three; returns its position.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Partition(Span<ulong> keys, Span<double> weights)
    {
        int last = keys.Length - 1;
        ulong a = keys[0], b = keys[last / 2], c = keys[last];
        int chosen = (a > b) == (b > c) ? last / 2 : (b > a) == (a > c) ? 0 : last;
        Swap(keys, weights, chosen, last);
        ulong pivot = keys[last];
        int place = 0;
        for (int i = 0; i < last; i++)
        {
            // Swapped unconditionally: a branch would be mispredicted half of the time.
            Swap(keys, weights, i, place);
            place += keys[place] > pivot ? 1 : 0;
        }
        Swap(keys, weights, place, last);
        return place;
    }

    private static void Swap(Span<ulong> keys, Span<double> weights, int i, int j)
    {
        (keys[i], keys[j]) = (keys[j], keys[i]);
        (weights[i], weights[j]) = (weights[j], weights[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Sum(ReadOnlySpan<double> weights)
    {
        double sum = 0;
        foreach (double weight in weights)
        {
            sum += weight;
        }
        return sum;
    }
}
