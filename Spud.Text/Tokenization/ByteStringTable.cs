using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Spud.Models;

namespace Spud.Text.Tokenization;

/// <summary>
/// Finds the index of a byte string in a list: open addressing, no copy of the strings, built in a few milliseconds. The strings come from
/// untrusted files, so the hash uses random secrets, drawn once per process: nobody can construct strings with the same hash.
/// </summary>
internal sealed class ByteStringTable
{
    private static readonly ulong s_seed = (ulong)Random.Shared.NextInt64(), s_secret = (ulong)Random.Shared.NextInt64() << 1 | 1;

    private readonly ulong _seed = s_seed, _secret = s_secret;
    private readonly Utf8Strings _strings;
    private readonly Slot[] _slots;

    // Filled once per process and queried for every symbol: both are fully optimised at once.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ByteStringTable(Utf8Strings strings)
    {
        _strings = strings;
        _slots = new Slot[(int)BitOperations.RoundUpToPowerOf2((uint)strings.Count * 2 + 2)];
        for (int i = 0; i < strings.Count; i++)
        {
            LongestBytes = Math.Max(LongestBytes, strings[i].Length);
            if (!TryAdd(i, out int earlier))
            {
                FirstDuplicate ??= (earlier, i);
            }
        }
    }

    /// <summary>Length of the longest string in bytes.</summary>
    public int LongestBytes { get; }

    /// <summary>The first string that already occurred earlier in the list, with both indices; lookups find the earlier one.</summary>
    public (int Earlier, int Later)? FirstDuplicate { get; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryFind(ReadOnlySpan<byte> text, out int index)
    {
        index = 0;
        if (text.Length > LongestBytes)
        {
            return false;
        }

        uint hash = Hash(text);
        int mask = _slots.Length - 1;
        for (int at = (int)hash & mask; _slots[at].IndexPlusOne != 0; at = (at + 1) & mask)
        {
            if (_slots[at].Hash == hash && _strings[_slots[at].IndexPlusOne - 1].SequenceEqual(text))
            {
                index = _slots[at].IndexPlusOne - 1;
                return true;
            }
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryAdd(int index, out int earlier)
    {
        ReadOnlySpan<byte> text = _strings[index];
        uint hash = Hash(text);
        int mask = _slots.Length - 1;
        int at = (int)hash & mask;
        for (; _slots[at].IndexPlusOne != 0; at = (at + 1) & mask)
        {
            earlier = _slots[at].IndexPlusOne - 1;
            if (_slots[at].Hash == hash && _strings[earlier].SequenceEqual(text))
            {
                return false;
            }
        }

        _slots[at] = new Slot(hash, index + 1);
        earlier = 0;
        return true;
    }

    // Multiplies to 128 bits and folds, eight bytes at a time; the length goes in first so that zero padding cannot collide.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Hash(ReadOnlySpan<byte> text)
    {
        ulong secret = _secret;
        ulong hash = _seed ^ (ulong)text.Length;
        for (; text.Length >= 8; text = text[8..])
        {
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(text), secret);
        }

        ulong rest = 0;
        foreach (byte b in text)
        {
            rest = rest << 8 | b;
        }

        hash = Fold(hash ^ rest, secret);
        return (uint)(hash ^ hash >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong value, ulong secret)
    {
        ulong high = Math.BigMul(value, secret, out ulong low);
        return high ^ low;
    }

    private readonly record struct Slot(uint Hash, int IndexPlusOne);
}
