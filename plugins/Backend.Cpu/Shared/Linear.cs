using Backend.Cpu.Kernels;
using Spud;

namespace Backend.Cpu.Shared;

/// <summary>
/// A weight matrix [N, K] and its product with rows of activations, one tile of outputs at a time. Formats with a kernel for rounded
/// activations are packed at build; others stay in the file and are expanded a number of rows at a time.
/// </summary>
internal sealed class Linear
{
    /// <summary>Outputs per tile. Tile boundaries do not depend on the number of threads.</summary>
    public const int TileOutputs = MatrixKernels.TileOutputs;

    private readonly TensorView _weight;

    /// <summary>A matrix [N, K] that is never packed.</summary>
    public Linear(in TensorView weight) => (_weight, Outputs, Inputs) = (weight, weight.Shape[0], weight.Shape[1]);

    private Linear(Packing packing, in TensorView weight, in TensorView release)
        : this(weight)
    {
        ReadsRounded = packing.Precision == ActivationPrecision.Q8 && MatrixKernels.CanPack(weight);
        if (ReadsRounded)
            packing.Add(this, weight, release);
    }

    /// <summary>N.</summary>
    public int Outputs { get; }

    /// <summary>K.</summary>
    public int Inputs { get; }

    /// <summary>Number of tiles; the last one may be narrower.</summary>
    public int Tiles => TilesOf(Outputs);

    /// <summary>Whether products read rounded activations; exact ones if not.</summary>
    public bool ReadsRounded { get; }

    /// <summary>The packed weights, once packed, if <see cref="ReadsRounded"/>.</summary>
    public TensorView Packed { private get; set; }

    /// <summary>Floats of scratch that a worker needs for a tile.</summary>
    public int ScratchFloats => ReadsRounded ? 0 : (int)(MatrixKernels.ScratchBytes(_weight) / sizeof(float));

    /// <summary>Takes a matrix by name; if it is packed, its file memory is released.</summary>
    public static Linear Take(IBuildContext build, Packing packing, string name, int outputs, int inputs)
    {
        TensorView weight = build.Weights.Take(name, outputs, inputs);
        return new Linear(packing, weight, weight);
    }

    /// <summary>Takes E matrices under one name, in the same way.</summary>
    public static Linear[] Take(IBuildContext build, Packing packing, string name, int count, int outputs, int inputs)
    {
        TensorView weights = build.Weights.Take(name, count, outputs, inputs);
        Linear[] matrices = new Linear[count];
        for (int i = 0; i < count; i++)
            matrices[i] = new Linear(packing, weights.At(i), i == count - 1 ? weights : default);
        return matrices;
    }

    /// <summary>Packs a matrix that is still read from the file.</summary>
    public static Linear Share(Packing packing, in TensorView weight) => new(packing, weight, release: default);

    /// <summary>Number of tiles for a number of outputs.</summary>
    public static int TilesOf(int outputs) => (outputs + TileOutputs - 1) / TileOutputs;

    /// <summary>The tile at an index.</summary>
    public Tile TileAt(int tile) => new(tile * TileOutputs, Math.Min(TileOutputs, Outputs - tile * TileOutputs));

    /// <summary>y[r, j] = weight[tile.First + j] . x[r].</summary>
    /// <param name="tile">A tile from <see cref="TileAt"/>.</param>
    /// <param name="x">[R, K], rounded if <see cref="ReadsRounded"/>.</param>
    /// <param name="y">[R, stride]; the first columns are written.</param>
    /// <param name="stride">Floats between rows of y.</param>
    /// <param name="scratch">At least <see cref="ScratchFloats"/> floats.</param>
    public void Multiply(in Tile tile, in Activations x, Span<float> y, int stride, Span<float> scratch)
    {
        if (ReadsRounded)
            MatrixKernels.MultiplyPacked(_weight.Type, Packed, x, tile, y, stride);
        else
            MatrixKernels.MultiplyExact(_weight, x, tile, y, stride, scratch);
    }
}
