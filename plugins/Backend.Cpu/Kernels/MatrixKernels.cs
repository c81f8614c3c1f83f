using Backend.Cpu.Shared;
using Spud;
using Spud.Numerics;

namespace Backend.Cpu.Kernels;

/// <summary>Products of a tile of weights with rows of activations.</summary>
internal static unsafe class MatrixKernels
{
    /// <summary>Outputs per tile.</summary>
    public const int TileOutputs = PackedWeights.TileOutputs;

    /// <summary>Whether weights [N, K] can be packed for rounded activations.</summary>
    public static bool CanPack(in TensorView weight) => PackedWeights.Takes((int)weight.Type, weight.Shape[1]);

    /// <summary>Bytes of a packed tile.</summary>
    public static int PackedTileBytes(in TensorView weight) => checked((int)PackedWeights.TileBytes((int)weight.Type, weight.Shape[1]));

    /// <summary>Packs one tile of weights [N, K].</summary>
    public static void Pack(in TensorView weight, in TensorView packed, int tile) =>
        PackedWeights.Pack((int)weight.Type, (byte*)weight.Address, weight.Shape[0], weight.Shape[1], (byte*)packed.Address, tile, 1);

    /// <summary>y[r, j] = w[tile * 32 + j] . x[r], with x rounded.</summary>
    public static void MultiplyPacked(ElementType type, in TensorView packed, in Activations x, in Tile tile, Span<float> y, int stride)
    {
        fixed (float* target = y)
            PackedMatMul.Run((int)type, (byte*)packed.Address, x.Rounded, Part(x, tile, target, stride));
    }

    /// <summary>Bytes of scratch of <see cref="MultiplyExact"/>.</summary>
    public static long ScratchBytes(in TensorView weight) => MatMul.F32ScratchBytes((int)weight.Type, weight.Shape[1]);

    /// <summary>The same with exact x; the weights are expanded a number of rows at a time.</summary>
    public static void MultiplyExact(in TensorView weight, in Activations x, in Tile tile, Span<float> y, int stride, Span<float> scratch)
    {
        fixed (float* target = y, expanded = scratch)
            MatMul.F32Activations(
                (int)weight.Type, (byte*)weight.Address, (float*)x.Exact.Address, x.Width, Part(x, tile, target, stride), (byte*)expanded);
    }

    // The kernels count outputs from the matrix's first one; y begins at the tile's first.
    private static MatMulPart Part(in Activations x, in Tile tile, float* target, int stride) =>
        new(target - tile.First, stride, x.Count, x.Width, tile.First, tile.Width);
}
