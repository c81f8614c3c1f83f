using Xunit;

namespace Spud.Conformance;

/// <summary>Compares results with those of the reference.</summary>
internal static class Agreement
{
    /// <summary>Requires every element to be within the tolerance.</summary>
    public static void Near(ReadOnlySpan<double> expected, ReadOnlySpan<float> got, Tolerance tolerance, string what)
    {
        Assert.Equal(expected.Length, got.Length);
        double largest = 0;
        foreach (double value in expected)
            largest = Math.Max(largest, Math.Abs(value));

        double allowed = tolerance.Relative * largest + tolerance.Absolute;
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - got[i]) <= allowed))
                Assert.Fail($"{what}, element {i} of {expected.Length}: expected {expected[i]:G9}, got {got[i]:G9}, a difference of {Math.Abs(expected[i] - got[i]):E2}; allowed {allowed:E2} ({tolerance})");
        }
    }

    /// <summary>Requires two results of the component to be the same bits, or within the tolerance if it does not promise bits.</summary>
    public static void Same(ReadOnlySpan<float> expected, ReadOnlySpan<float> got, Tolerance? tolerance, string what)
    {
        if (tolerance is not null)
        {
            double[] exact = new double[expected.Length];
            for (int i = 0; i < exact.Length; i++)
                exact[i] = expected[i];
            Near(exact, got, tolerance, what);
            return;
        }

        Assert.Equal(expected.Length, got.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(got[i]))
                Assert.Fail($"{what}, element {i} of {expected.Length}: {expected[i]:G9} before, {got[i]:G9} now; expected the same bits");
        }
    }
}
