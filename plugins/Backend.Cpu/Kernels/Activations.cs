using System.Diagnostics;
using Spud;
using Spud.Numerics;

namespace Backend.Cpu.Kernels;

/// <summary>Rows that matrix products read: exact, rounded to 8 bits by block of 32, or both, as the matrices want them.</summary>
internal readonly unsafe struct Activations
{
    private readonly Q8Rows _rounded;

    /// <summary>Rows over memory of the caller.</summary>
    /// <param name="rows">R.</param>
    /// <param name="width">K.</param>
    /// <param name="exact">F32 [R, K], or absent.</param>
    /// <param name="rounded">At least <see cref="RoundedBytes"/>, 64-byte aligned; 0: no rounded rows.</param>
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

    /// <summary>What <see cref="MatrixKernels"/> reads.</summary>
    public Q8Rows Rounded => _rounded;

    /// <summary>Bytes for so many rounded rows; 0 where the width has no whole blocks.</summary>
    public static long RoundedBytes(int rows, int width) => width % Q8Rows.BlockLength == 0 ? Q8Rows.Bytes(rows, width) : 0;

    /// <summary>Some of the rows.</summary>
    public Activations Rows(int first, int count) => new(this, first, count);

    /// <summary>Rounds a row that is there exactly, if rounded rows are wanted.</summary>
    public void Round(int row)
    {
        if (IsRounded)
            _rounded.Quantise(row, (float*)Exact.At(row).Address);
    }

    /// <summary>Sets columns of a row in every form there is. Different columns and rows may be set by different threads.</summary>
    /// <param name="row">0 .. R - 1.</param>
    /// <param name="first">First column; a multiple of 32 where rows are rounded, like the number of columns.</param>
    /// <param name="x">The columns.</param>
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
