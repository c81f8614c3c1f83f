namespace Spud.Training.Data;

/// <summary>SplitMix64 (Steele, Lea and Flood, 2014): System.Random's algorithm may change between versions, a run's order may not.</summary>
internal sealed class SplitMix(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>In [0, 1).</summary>
    public double NextFraction() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>In 0 to <paramref name="limit"/>, exclusive.</summary>
    public int NextBelow(int limit) => (int)(NextFraction() * limit);
}
