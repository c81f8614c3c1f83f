using Xunit;

namespace Spud.Numerics.Tests;

/// <summary>Comparison to the last bit; all NaNs count as equal.</summary>
internal static class Bits
{
    public static void Equal(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (!Equal(expected[i], actual[i]))
            {
                Assert.Fail($"element {i}: expected {expected[i]:R}, got {actual[i]:R}");
            }
        }
    }

    public static bool Equal(float expected, float actual) =>
        (float.IsNaN(expected) && float.IsNaN(actual))
        || BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual);
}
