namespace Spud.Numerics;

/// <summary>RoPE angles, in double precision: pair i of a head is rotated by position * base^(-2 i / width) / factor[i].</summary>
public sealed class RopeAngles
{
    private readonly double[] _frequencies;
    private readonly float _magnitude;

    /// <param name="width">Number of rotated elements of a head.</param>
    /// <param name="frequencyBase">The base.</param>
    /// <param name="factors">[width / 2]; if none, 1 for each pair.</param>
    /// <param name="magnitude">Factor of cosines and sines.</param>
    public RopeAngles(int width, double frequencyBase, ReadOnlySpan<float> factors, float magnitude)
    {
        (_frequencies, _magnitude) = (new double[width / 2], magnitude);
        for (int i = 0; i < _frequencies.Length; i++)
            _frequencies[i] = Math.Pow(frequencyBase, -2.0 * i / width) / (factors.IsEmpty ? 1 : factors[i]);
    }

    /// <summary>Cosines and sines [width / 2] for a position.</summary>
    public void Fill(int position, Span<float> cos, Span<float> sin)
    {
        for (int i = 0; i < _frequencies.Length; i++)
        {
            (double s, double c) = Math.SinCos(position * _frequencies[i]);
            (cos[i], sin[i]) = ((float)(c * _magnitude), (float)(s * _magnitude));
        }
    }
}
