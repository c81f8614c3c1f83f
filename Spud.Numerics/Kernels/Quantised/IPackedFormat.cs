using System.Runtime.CompilerServices;

namespace Spud.Numerics;

/// <summary>
/// How a tile of packed weights is read: see <see cref="PackedWeights"/> for the layout. What most formats have in common is the default:
/// nibbles in blocks of 32 with an f16 scale, and, where they have one, an f16 minimum.
/// </summary>
internal unsafe interface IPackedFormat
{
    /// <summary>Code bytes of one group of 32 x 32 weights.</summary>
    static virtual int CodeBytes => 512;

    /// <summary>Scale bytes of one group of 32 x 32 weights, filled up to a multiple of 64.</summary>
    static virtual int ScaleBytes => 64;

    /// <summary>Scale bytes in front of each eight groups.</summary>
    static virtual int HeadBytes => 0;

    /// <summary>In how many steps a group is multiplied: 4 of two quads, or 8 of one.</summary>
    static virtual int Steps => 4;

    /// <summary>
    /// In how many parts a group is summed: 1, or 2 where the halves have scales of their own or the products of a
    /// group do not fit an i16 (codes above 15).
    /// </summary>
    static virtual int Parts => 1;

    static virtual bool HasMinimum => false;

    /// <summary>The high bits of quads 4 half to 4 half + 3, those of the first quad lowest.</summary>
    /// <param name="codes">At the lane's first byte.</param>
    /// <param name="half">0 or 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TBytes HighBits<TBytes, TFloat>(byte* codes, int half)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> => TBytes.Zero;

    /// <summary>Codes of a step, both the same where it has one quad; takes their bits off <paramref name="high"/>.</summary>
    /// <param name="codes">At the lane's first byte.</param>
    /// <param name="step">Below <see cref="Steps"/>.</param>
    /// <param name="high">What <see cref="HighBits"/> returned for this half.</param>
    /// <param name="first">Codes of the first quad.</param>
    /// <param name="second">Codes of the second one.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void Read<TBytes, TFloat>(byte* codes, int step, ref TBytes high, out TBytes first, out TBytes second)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> =>
        PackedCodes.Nibbles<TBytes, TFloat>(codes, step, out first, out second);

    /// <summary>Adds the products of a step's quads (a, b) of two vectors of outputs with one row of x to n.</summary>
    /// <param name="n0">Of the first vector: i16 sums of pairs, or i32.</param>
    /// <param name="n1">Of the second vector.</param>
    /// <param name="a0">First quad, first vector.</param>
    /// <param name="a1">First quad, second vector.</param>
    /// <param name="b0">Second quad, first vector.</param>
    /// <param name="b1">Second quad, second vector.</param>
    /// <param name="quants">The row's quants of the step.</param>
    /// <param name="pairs">The same as i16.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void Multiply<TBytes, TFloat>(
        ref TBytes n0, ref TBytes n1, TBytes a0, TBytes a1, TBytes b0, TBytes b1, sbyte* quants, short* pairs)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> =>
        PackedProducts.Unsigned<TBytes, TFloat>(ref n0, ref n1, a0, a1, b0, b1, quants);

    /// <summary>What was summed in n, as i32 and less the codes' offset.</summary>
    /// <param name="n0">Of the first vector.</param>
    /// <param name="n1">Of the second vector.</param>
    /// <param name="halfSums">Sums of the row's quants over the halves of the group.</param>
    /// <param name="part">0 or 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void Total<TBytes, TFloat>(ref TBytes n0, ref TBytes n1, int* halfSums, int part)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat> =>
        PackedProducts.Total<TBytes, TFloat>(ref n0, ref n1);

    /// <summary>Scales of the lanes from <paramref name="lane"/> on, for a part of the group.</summary>
    /// <param name="head">The f16 scales of the eight groups, expanded; unused where HeadBytes is 0.</param>
    /// <param name="scales">Of the group.</param>
    /// <param name="factor">The tile's, for ILanes.LoadTinyHalf.</param>
    /// <param name="lane">First output, 0 to 31.</param>
    /// <param name="part">0 or 1.</param>
    /// <param name="scale">Multiplies the values.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void ReadScale<TFloat>(float* head, byte* scales, TFloat factor, int lane, int part, out TFloat scale)
        where TFloat : struct, ILanes<TFloat> => scale = TFloat.LoadTinyHalf((ushort*)scales + lane, factor);

    /// <summary>What is added to every weight of the group; unused where HasMinimum is false.</summary>
    /// <param name="head">The f16 scales of the eight groups, expanded; unused where HeadBytes is 0.</param>
    /// <param name="scales">Of the group.</param>
    /// <param name="factor">The tile's, for ILanes.LoadTinyHalf.</param>
    /// <param name="lane">First output, 0 to 31.</param>
    /// <param name="minimum">Added to every value times its scale.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void ReadMinimum<TFloat>(float* head, byte* scales, TFloat factor, int lane, out TFloat minimum)
        where TFloat : struct, ILanes<TFloat> => minimum = TFloat.Create(0f);
}
