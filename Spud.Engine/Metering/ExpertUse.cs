using System.Numerics;

namespace Spud.Metering;

/// <summary>Which experts of each layer were used, one bit each.</summary>
/// <param name="layers">L.</param>
/// <param name="experts">Maximum E over the layers.</param>
internal sealed class ExpertUse(int layers, int experts)
{
    private readonly int _words = (experts + 63) / 64;
    private readonly ulong[] _bits = new ulong[layers * ((experts + 63) / 64)];

    /// <summary>Records that an expert was used.</summary>
    public void Add(int layer, int expert) => Of(layer)[expert >> 6] |= 1UL << (expert & 63);

    /// <summary>Adds all experts of another instance.</summary>
    public void Add(ExpertUse other)
    {
        for (int i = 0; i < _bits.Length; i++)
            _bits[i] |= other._bits[i];
    }

    /// <summary>Clears a layer.</summary>
    public void Clear(int layer) => Of(layer).Clear();

    /// <summary>Number of experts of a layer that were used.</summary>
    public int Count(int layer)
    {
        int count = 0;
        foreach (ulong word in Of(layer))
            count += BitOperations.PopCount(word);

        return count;
    }

    private Span<ulong> Of(int layer) => _bits.AsSpan(layer * _words, _words);
}
