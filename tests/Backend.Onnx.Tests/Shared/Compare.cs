using Spud;
using Xunit;

namespace Backend.Onnx.Tests.Shared;

/// <summary>Compares results with oracles.</summary>
internal static class Compare
{
    /// <summary>Absolute difference at most tolerance times the largest expected magnitude (floats are rounded in sums of any order).</summary>
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

    /// <summary>The bits of a view.</summary>
    public static int[] Bits(in TensorView view) => view.AsSpan<int>().ToArray();
}
