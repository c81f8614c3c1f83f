using System.Runtime.CompilerServices;

namespace Spud.Numerics;

/// <summary>
/// How a tile of packed weights is read; see <see cref="PackedWeights"/> for the layout. The defaults suit most formats:
/// nibbles in blocks of 32 with an f16 scale and, optionally, an f16 minimum.
/// </summary>
internal unsafe interface IPackedFormat
{
    /// <summary>Code bytes of one group of 32 x 32 weights.</summary>
    static virtual int CodeBytes => 512;

    /// <summary>Scale bytes of one group of 32 x 32 weights, padded to a multiple of 64.</summary>
    static virtual int ScaleBytes => 64;

    /// <summary>Scale bytes before every eight groups.</summary>
    static virtual int HeadBytes => 0;

    /// <summary>Number of steps in which a group is multiplied: 4 of two quads, or 8 of one.</summary>
    static virtual int Steps => 4;

    /// <summary>
    /// Number of parts in which a group is summed: 1, or 2 if the halves have separate scales or the products of a
    /// group do not fit an i16 (codes above 15).
    /// </summary>
    static virtual int Parts => 1;

    static virtual bool HasMinimum => false;

    /// <summary>The high bits of quads 4 half to 4 half + 3, with those of the first quad lowest.</summary>
    /// <param name="codes">The codes, at the lane's first byte.</param>
    /// <param name="half">0 or 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TBytes HighBits<TBytes, TFloat>(byte* codes, int half)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> => TBytes.Zero;

    /// <summary>Codes of a step, both the same if it has one quad; removes their bits from <paramref name="high"/>.</summary>
    /// <param name="codes">The codes, at the lane's first byte.</param>
    /// <param name="step">Below <see cref="Steps"/>.</param>
    /// <param name="high">The result of <see cref="HighBits"/> for this half.</param>
    /// <param name="first">Codes of the first quad.</param>
    /// <param name="second">Codes of the second quad.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void Read<TBytes, TFloat>(byte* codes, int step, ref TBytes high, out TBytes first, out TBytes second)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> =>
        PackedCodes.Nibbles<TBytes, TFloat>(codes, step, out first, out second);

    /// <summary>Adds the products of a step's quads (a, b) of two vectors of outputs with one row of x to n.</summary>
    /// <param name="n0">n of the first vector: i16 sums of pairs, or i32.</param>
    /// <param name="n1">n of the second vector.</param>
    /// <param name="a0">First quad, first vector.</param>
    /// <param name="a1">First quad, second vector.</param>
    /// <param name="b0">Second quad, first vector.</param>
    /// <param name="b1">Second quad, second vector.</param>
    /// <param name="quants">The row's quants of the step.</param>
    /// <param name="pairs">The same quants as i16.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void Multiply<TBytes, TFloat>(
        ref TBytes n0, ref TBytes n1, TBytes a0, TBytes a1, TBytes b0, TBytes b1, sbyte* quants, short* pairs)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> =>
        PackedProducts.Unsigned<TBytes, TFloat>(ref n0, ref n1, a0, a1, b0, b1, quants);

    /// <summary>The sums in n, as i32 and minus the codes' offset.</summary>
    /// <param name="n0">n of the first vector.</param>
    /// <param name="n1">n of the second vector.</param>
    /// <param name="halfSums">Sums of the row's quants over the halves of the group.</param>
    /// <param name="part">0 or 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void Total<TBytes, TFloat>(ref TBytes n0, ref TBytes n1, int* halfSums, int part)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> =>
        PackedProducts.Total<TBytes, TFloat>(ref n0, ref n1);

    /// <summary>Scales of the lanes from <paramref name="lane"/> on, for a part of the group.</summary>
    /// <param name="head">The f16 scales of the eight groups, expanded; unused if HeadBytes is 0.</param>
    /// <param name="scales">Scales of the group.</param>
    /// <param name="factor">Factor of the tile, for ILanes.LoadTinyHalf.</param>
    /// <param name="lane">First output, 0 to 31.</param>
    /// <param name="part">0 or 1.</param>
    /// <param name="scale">Factor of the values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void ReadScale<TFloat>(float* head, byte* scales, TFloat factor, int lane, int part, out TFloat scale)
        where TFloat : struct, ILanes<TFloat> => scale = TFloat.LoadTinyHalf((ushort*)scales + lane, factor);

    /// <summary>The minimum, added to every weight of the group; unused if HasMinimum is false.</summary>
    /// <param name="head">The f16 scales of the eight groups, expanded; unused if HeadBytes is 0.</param>
    /// <param name="scales">Scales of the group.</param>
    /// <param name="factor">Factor of the tile, for ILanes.LoadTinyHalf.</param>
    /// <param name="lane">First output, 0 to 31.</param>
    /// <param name="minimum">Added to every value times its scale.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void ReadMinimum<TFloat>(float* head, byte* scales, TFloat factor, int lane, out TFloat minimum)
        where TFloat : struct, ILanes<TFloat> => minimum = TFloat.Create(0f);
}
