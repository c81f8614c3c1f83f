namespace Spud.Conformance;

/// <summary>
/// How far a result may be from the double-precision reference: <c>|got - expected| &lt;= Relative * largest + Absolute</c>, where
/// <c>largest</c> is the largest magnitude of the row or head that is compared.
/// </summary>
public sealed record Tolerance
{
    /// <summary>The tolerance of every component, unless a <see cref="Variant"/> widens it.</summary>
    public static Tolerance F32 { get; } = new()
    {
        Relative = 2e-5,
        Absolute = 2e-8,
        Why = "f32 sums in any order: some hundred roundings of 2^-24, times a margin of ten",
    };

    /// <summary>Of the largest magnitude that is compared.</summary>
    public required double Relative { get; init; }

    /// <summary>In addition to that; for rows that are nearly zero.</summary>
    public double Absolute { get; init; } = 2e-8;

    /// <summary>Where the error comes from. It is printed with the results of every variant that widens its tolerance.</summary>
    public required string Why { get; init; }

    /// <summary>Whether it is wider than <see cref="F32"/>.</summary>
    public bool IsWidened => Relative > F32.Relative || Absolute > F32.Absolute;

    /// <summary>"2E-05 of the largest magnitude: why".</summary>
    public override string ToString() => $"{Relative:0.##E+0} of the largest magnitude and {Absolute:0.##E+0}: {Why}";
}
