namespace Backend.Cpu.Tests.Shared;

/// <summary>Tolerances, relative to the largest element.</summary>
internal static class Exact
{
    /// <summary>f32 arithmetic: some hundred roundings of 2^-24, as seen with a margin of ten.</summary>
    public const double F32 = 2e-5;

    /// <summary>Activations rounded to 8 bits by block: half a step of 1/127 for each, averaged over a row.</summary>
    public const double Q8 = 3e-2;
}
