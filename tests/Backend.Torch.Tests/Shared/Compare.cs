using Xunit;

namespace Backend.Torch.Tests.Shared;

/// <summary>Compares results with oracles.</summary>
internal static class Compare
{
    /// <summary>f32 arithmetic: some hundred roundings of 2^-24 in any order, as seen with a margin of ten.</summary>
    public const double F32 = 2e-5;

    /// <summary>Absolute difference at most tolerance times the largest expected magnitude.</summary>
    public static void Near(double[] expected, ReadOnlySpan<float> got, double tolerance)
    {
        Assert.Equal(expected.Length, got.Length);
        double scale = Math.Max(1e-3, expected.Max(Math.Abs));
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - got[i]) <= tolerance * scale))
                Assert.Fail($"element {i} of {expected.Length}: expected {expected[i]}, got {got[i]} (largest {scale}, tolerance {tolerance})");
        }
    }
}
