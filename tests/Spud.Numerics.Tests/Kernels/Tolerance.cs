using Xunit;

namespace Spud.Numerics.Tests.Kernels;

/// <summary>How far a result may lie from its double-precision oracle: relative to the oracle, plus absolute.</summary>
/// <param name="Relative">Of the oracle's magnitude.</param>
/// <param name="Absolute">In the units of the result.</param>
/// <param name="Why">Where the bound comes from.</param>
internal sealed record Tolerance(double Relative, double Absolute, string Why)
{
    public void Check(double expected, float actual, string what)
    {
        double allowed = Math.Abs(expected) * Relative + Absolute;
        Assert.True(
            Math.Abs(expected - actual) <= allowed,
            $"{what}: expected {expected:R}, got {actual:R}, off by {Math.Abs(expected - actual):E2}, allowed {allowed:E2} ({Why})");
    }

    public void Check(double[] expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Check(expected[i], actual[i], $"{what}[{i}]");
        }
    }
}
