namespace Spud.Numerics;

/// <summary>
/// Quantised weights rearranged so that vector lanes are outputs: the layout of <see cref="PackedMatMul"/>, for any number of rows
/// of activations. Takes about as many bytes as the file's blocks (up to 3 % more for Q4_K and Q5_K, 6 % for MXFP4).
/// </summary>
/// <remarks>
/// A tile holds 32 outputs (the last one padded with zeros) and all of k, in groups of 32, as one stream of
/// 64-byte lines: a header, then for each group its scales and its codes (before every eight groups of the K formats
/// their f16 scales). f16 scales are multiplied by 1,024, so that
/// subnormal ones become normal (without rounding), unless a scale of the tile is 32 or more; the header's f32 is the factor
/// that undoes this and corrects the bias of the exponent. Codes are stored in quads, four consecutive k of one
/// output in the four bytes of a lane; a row of 128 bytes holds one quad of 32 outputs, or two of them in nibbles
/// (quad 2 p low, quad 2 p + 1 high); rows of high bits follow.
/// </remarks>
public static unsafe class PackedWeights
{
    /// <summary>Outputs per tile: threads may divide a product at multiples of this.</summary>
    public const int TileOutputs = 32;

    internal const int HeaderBytes = 64;

    /// <summary>Whether weights [outputs, k] of a GGML type can be packed.</summary>
    public static bool Takes(int type, int k) => MatMul.TakesQ8(type) && k % (IsSuper(type) ? 256 : 32) == 0;

    /// <summary>Bytes of a packed matrix, which must be 64-byte aligned.</summary>
    public static long Bytes(int type, int outputs, int k) => (outputs + TileOutputs - 1L) / TileOutputs * TileBytes(type, k);

    /// <summary>Bytes of one tile.</summary>
    public static long TileBytes(int type, int k) => type switch
    {
        GgmlType.Q4_0 => TileBytes<PackedQ4_0>(k),
        GgmlType.Q4_1 => TileBytes<PackedQ4_1>(k),
        GgmlType.Q5_0 => TileBytes<PackedQ5_0>(k),
        GgmlType.Q5_1 => TileBytes<PackedQ5_1>(k),
        GgmlType.Q8_0 => TileBytes<PackedQ8_0>(k),
        GgmlType.Q4_K => TileBytes<PackedQ4_K>(k),
        GgmlType.Q5_K => TileBytes<PackedQ5_K>(k),
        GgmlType.Q6_K => TileBytes<PackedQ6_K>(k),
        GgmlType.IQ4_NL => TileBytes<PackedIQ4_NL>(k),
        GgmlType.MXFP4 => TileBytes<PackedMXFP4>(k),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "GGML type without a packed layout."),
    };

    /// <summary>
    /// Packs tiles firstTile .. firstTile + tiles of weights [outputs, k], in blocks as in the file, into the matrix at
    /// packed. Tiles are independent: threads may pack different ones.
    /// </summary>
    public static void Pack(int type, byte* weights, int outputs, int k, byte* packed, int firstTile, int tiles)
    {
        for (int tile = firstTile; tile < firstTile + tiles; tile++)
        {
            byte* target = packed + tile * TileBytes(type, k);
            int first = tile * TileOutputs, count = Math.Min(TileOutputs, outputs - first);
            PackTile(type, weights, first, count, k, target);
        }
    }

    internal static long TileBytes<TFormat>(int k) where TFormat : struct, IPackedFormat =>
        HeaderBytes + (long)(k / 32) * (TFormat.ScaleBytes + TFormat.CodeBytes) + (k + 255) / 256 * TFormat.HeadBytes;

    private static void PackTile(int type, byte* weights, int first, int count, int k, byte* target)
    {
        switch (type)
        {
            case GgmlType.Q4_0: TilePacking.Run<BlockQ4_0, PackedQ4_0>(weights, first, count, k, target); break;
            case GgmlType.Q4_1: TilePacking.Run<BlockQ4_1, PackedQ4_1>(weights, first, count, k, target); break;
            case GgmlType.Q5_0: TilePacking.Run<BlockQ5_0, PackedQ5_0>(weights, first, count, k, target); break;
            case GgmlType.Q5_1: TilePacking.Run<BlockQ5_1, PackedQ5_1>(weights, first, count, k, target); break;
            case GgmlType.Q8_0: TilePacking.Run<BlockQ8_0, PackedQ8_0>(weights, first, count, k, target); break;
            case GgmlType.Q4_K: TilePacking.Run<BlockQ4_K, PackedQ4_K>(weights, first, count, k, target); break;
            case GgmlType.Q5_K: TilePacking.Run<BlockQ5_K, PackedQ5_K>(weights, first, count, k, target); break;
            case GgmlType.Q6_K: TilePacking.Run<BlockQ6_K, PackedQ6_K>(weights, first, count, k, target); break;
            case GgmlType.IQ4_NL: TilePacking.Run<BlockIQ4_NL, PackedIQ4_NL>(weights, first, count, k, target); break;
            default: TilePacking.Run<BlockMXFP4, PackedMXFP4>(weights, first, count, k, target); break;
        }
    }

    private static bool IsSuper(int type) => type is GgmlType.Q4_K or GgmlType.Q5_K or GgmlType.Q6_K;
}
