using Spud;
using Spud.Numerics;

namespace Drafter.Heads.Kernels;

/// <summary>A row [C], exact and rounded to 8 bits in blocks of 32.</summary>
internal sealed unsafe class RoundedRow
{
    private readonly TensorView _exact;
    private readonly Q8Rows _rounded;

    /// <exception cref="RefusedException">The width is not a multiple of 32.</exception>
    public RoundedRow(IBuildContext build, int width)
    {
        if (width % Q8Rows.BlockLength != 0)
            throw new RefusedException($"the model's hidden width is {width}; expected a multiple of {Q8Rows.BlockLength}");

        _exact = build.Allocate(build.Host, ElementType.F32, width);
        _rounded = Q8Rows.Over((byte*)build.Allocate(build.Host, ElementType.I8, checked((int)Q8Rows.Bytes(1, width))).Address, 1, width);
    }

    /// <summary>The exact values; call <see cref="Round"/> when they have changed.</summary>
    public Span<float> Exact => _exact.AsSpan<float>();

    /// <summary>The rounded values.</summary>
    public Q8Rows Rounded => _rounded;

    /// <summary>Sets both.</summary>
    public void Set(ReadOnlySpan<float> row)
    {
        row.CopyTo(Exact);
        Round();
    }

    /// <summary>Rounds the exact values.</summary>
    public void Round() => _rounded.Quantise(0, (float*)_exact.Address);
}
