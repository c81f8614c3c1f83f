namespace Spud.Numerics.Tests.Kernels;

/// <summary>Repeatable random data, and the lengths every kernel is tried at.</summary>
internal static class Samples
{
    /// <summary>Every length up to 130, so that every tail of every width occurs, and some awkward larger ones.</summary>
    public static IEnumerable<int> Lengths => Enumerable.Range(1, 130).Concat([191, 255, 257, 576, 1000, 1537]);

    /// <summary>Normally distributed values.</summary>
    public static float[] Normal(int length, int seed, double deviation = 1)
    {
        var random = new Random(seed);
        var values = new float[length];
        for (int i = 0; i < length; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            values[i] = (float)(deviation * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return values;
    }

    public static ushort[] ToHalf(float[] values) => [.. values.Select(value => BitConverter.HalfToUInt16Bits((Half)value))];

    public static float[] FromHalf(ushort[] values) => [.. values.Select(value => (float)BitConverter.UInt16BitsToHalf(value))];
}
