using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Spud.Models;

namespace Spud.Text.Tokenization;

/// <summary>Finds the index of a byte string in a list: open addressing, no copy of the strings, built in a few milliseconds.</summary>
internal sealed class ByteStringTable
{
    private readonly Utf8Strings _strings;
    private readonly Slot[] _slots;

    // Filled once a process and asked for every symbol: both are compiled in full at once.
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

    /// <summary>Bytes of the longest string.</summary>
    public int LongestBytes { get; }

    /// <summary>The first string that stood in the list before, and where; the earlier one is found.</summary>
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

    // Multiply and fold, eight bytes at a time; the length goes in first so that zero padding cannot collide.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ReadOnlySpan<byte> text)
    {
        ulong hash = (ulong)text.Length * 0x9E3779B97F4A7C15;
        for (; text.Length >= 8; text = text[8..])
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(text));
        }

        ulong rest = 0;
        foreach (byte b in text)
        {
            rest = rest << 8 | b;
        }

        hash = Mix(hash ^ rest);
        return (uint)(hash ^ hash >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong value)
    {
        value *= 0xD6E8FEB86659FD93;
        return value ^ value >> 32;
    }

    private readonly record struct Slot(uint Hash, int IndexPlusOne);
}
