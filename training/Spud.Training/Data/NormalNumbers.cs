namespace Spud.Training.Data;

/// <summary>Normally distributed numbers, identical for a seed on every machine and version.</summary>
internal sealed class NormalNumbers(ulong seed)
{
    private readonly SplitMix _random = new(seed);
    private double? _other;

    /// <summary>Mean 0, standard deviation 1 (Box and Muller, 1958).</summary>
    public double Next()
    {
        if (_other is { } kept)
        {
            _other = null;
            return kept;
        }

        double radius = Math.Sqrt(-2 * Math.Log(1 - _random.NextFraction())), angle = 2 * Math.PI * _random.NextFraction();
        _other = radius * Math.Sin(angle);
        return radius * Math.Cos(angle);
    }
}
