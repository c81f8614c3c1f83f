namespace Spud.Numerics;

/// <summary>Angles of rotary position embedding, in double precision: pair i of a head turns by position * base^(-2 i / width) / factor[i].</summary>
public sealed class RopeAngles
{
    private readonly double[] _frequencies;
    private readonly float _magnitude;

    /// <param name="width">Elements of a head that turn.</param>
    /// <param name="frequencyBase">Base.</param>
    /// <param name="factors">[width / 2]; none: 1 for each pair.</param>
    /// <param name="magnitude">Multiplies cosines and sines.</param>
    public RopeAngles(int width, double frequencyBase, ReadOnlySpan<float> factors, float magnitude)
    {
        (_frequencies, _magnitude) = (new double[width / 2], magnitude);
        for (int i = 0; i < _frequencies.Length; i++)
            _frequencies[i] = Math.Pow(frequencyBase, -2.0 * i / width) / (factors.IsEmpty ? 1 : factors[i]);
    }

    /// <summary>Cosines and sines [width / 2] of a position.</summary>
    public void Fill(int position, Span<float> cos, Span<float> sin)
    {
        for (int i = 0; i < _frequencies.Length; i++)
        {
            (double s, double c) = Math.SinCos(position * _frequencies[i]);
            (cos[i], sin[i]) = ((float)(c * _magnitude), (float)(s * _magnitude));
        }
    }
}
