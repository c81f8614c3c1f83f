using System.Numerics;

namespace Spud.Sampling;

/// <summary>
/// The generator xoshiro256** 1.0, with its state initialised by SplitMix64. Source: David Blackman and Sebastiano Vigna, prng.di.unimi.it
/// (xoshiro256starstar.c, splitmix64.c; public domain). Integers only, so the same numbers on every platform.
/// </summary>
public struct Xoshiro256
{
    private ulong _s0, _s1, _s2, _s3;

    public Xoshiro256(ulong seed) => (_s0, _s1, _s2, _s3) = (SplitMix64(ref seed), SplitMix64(ref seed), SplitMix64(ref seed), SplitMix64(ref seed));

    /// <summary>Starts from a given state, which must not be all zeros.</summary>
    internal Xoshiro256(ulong s0, ulong s1, ulong s2, ulong s3) => (_s0, _s1, _s2, _s3) = (s0, s1, s2, s3);

    /// <summary>The next 64 random bits.</summary>
    public ulong Next()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>The next number in [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number in [0, 1) that depends on a seed and a position alone, unrelated to those that the generator of the same seed gives.</summary>
    internal static double At(ulong seed, int position)
    {
        ulong state = ~seed, mixed = SplitMix64(ref state) + (ulong)position;
        return (SplitMix64(ref mixed) >> 11) * (1.0 / (1UL << 53));
    }

    internal static ulong SplitMix64(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
