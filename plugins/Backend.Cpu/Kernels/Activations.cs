using System.Diagnostics;
using Spud;
using Spud.Numerics;

namespace Backend.Cpu.Kernels;

/// <summary>Input rows of matrix products: exact, rounded to 8 bits in blocks of 32, or both, as the matrices require.</summary>
internal readonly unsafe struct Activations
{
    private readonly Q8Rows _rounded;

    /// <summary>Creates rows over the caller's memory.</summary>
    /// <param name="rows">R.</param>
    /// <param name="width">K.</param>
    /// <param name="exact">F32 [R, K], or absent.</param>
    /// <param name="rounded">At least <see cref="RoundedBytes"/>, 64-byte aligned; 0 for no rounded rows.</param>
    public Activations(int rows, int width, in TensorView exact, nint rounded)
    {
        (Count, Width, Exact) = (rows, width, exact);
        _rounded = rounded == 0 ? default : Q8Rows.Over((byte*)rounded, rows, width);
    }

    private Activations(in Activations all, int first, int count)
    {
        (Count, Width) = (count, all.Width);
        Exact = all.Exact.IsPresent ? all.Exact.Rows(first, count) : default;
        _rounded = all.IsRounded ? all._rounded.Slice(first, count) : default;
    }

    /// <summary>R.</summary>
    public int Count { get; }

    /// <summary>K.</summary>
    public int Width { get; }

    /// <summary>F32 [R, K], or absent.</summary>
    public TensorView Exact { get; }

    /// <summary>Whether there are rounded rows.</summary>
    public bool IsRounded => _rounded.K != 0;

    /// <summary>The input of <see cref="MatrixKernels"/>.</summary>
    public Q8Rows Rounded => _rounded;

    /// <summary>Bytes of a number of rounded rows; 0 if the width is not a multiple of the block size.</summary>
    public static long RoundedBytes(int rows, int width) => width % Q8Rows.BlockLength == 0 ? Q8Rows.Bytes(rows, width) : 0;

    /// <summary>A range of the rows.</summary>
    public Activations Rows(int first, int count) => new(this, first, count);

    /// <summary>Rounds a row from its exact form, if there are rounded rows.</summary>
    public void Round(int row)
    {
        if (IsRounded)
            _rounded.Quantise(row, (float*)Exact.At(row).Address);
    }

    /// <summary>Sets columns of a row in every form. Different threads may set different columns and rows.</summary>
    /// <param name="row">0 .. R - 1.</param>
    /// <param name="first">First column; if rows are rounded, a multiple of 32, like the number of columns.</param>
    /// <param name="x">The values of the columns.</param>
    public void Set(int row, int first, ReadOnlySpan<float> x)
    {
        if (Exact.IsPresent)
            x.CopyTo(Exact.At(row).AsSpan<float>()[first..]);
        if (!IsRounded)
            return;

        Debug.Assert(first % Q8Rows.BlockLength == 0 && x.Length % Q8Rows.BlockLength == 0);
        fixed (float* source = x)
            _rounded.QuantiseBlocks(row, first / Q8Rows.BlockLength, x.Length / Q8Rows.BlockLength, source);
    }
}
