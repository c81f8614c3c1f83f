using Backend.Cpu.Kernels;
using Spud;

namespace Backend.Cpu.Shared;

/// <summary>y = factor * (W x + bias) for rows, optionally added to y; processed one tile at a time.</summary>
internal struct Product
{
    /// <summary>W [N, K].</summary>
    public required Linear Matrix;

    /// <summary>F32 [N], or absent.</summary>
    public required TensorView Bias;

    /// <summary>Factor of the result.</summary>
    public required float Factor;

    /// <summary>Whether the result is added to y.</summary>
    public required bool Adds;

    /// <summary>[R, K].</summary>
    public required Activations Input;

    /// <summary>F32 [R, N].</summary>
    public required TensorView Output;

    /// <summary>At least <see cref="ScratchFloats"/> per worker.</summary>
    public required WorkerScratch Scratch;

    /// <summary>Floats of scratch that a worker needs for a number of rows.</summary>
    public static int ScratchFloats(Linear matrix, int rows) => rows * Linear.TileOutputs + matrix.ScratchFloats;

    /// <summary>Computes one tile for all rows.</summary>
    public readonly void Run(int tile, int worker)
    {
        (int rows, int outputs) = (Input.Count, Matrix.Outputs);
        (int first, int width) = Matrix.TileAt(tile);
        Span<float> scratch = Scratch.Of(worker), y = scratch[..(rows * width)], output = Output.AsSpan<float>();
        Matrix.Multiply(Matrix.TileAt(tile), Input, y, width, scratch[(rows * width)..]);
        ReadOnlySpan<float> bias = Bias.IsPresent ? Bias.AsSpan<float>().Slice(first, width) : default;
        for (int row = 0; row < rows; row++)
        {
            Span<float> product = y.Slice(row * width, width), target = output.Slice(row * outputs + first, width);
            if (!bias.IsEmpty)
                Vectors.Add(product, bias, product);
            if (Adds)
                Vectors.AddScaled(Factor, product, target);
            else
                Vectors.Scale(Factor, product, target);
        }
    }
}
