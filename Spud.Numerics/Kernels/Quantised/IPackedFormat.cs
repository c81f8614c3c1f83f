namespace Spud.Numerics;

/// <summary>How a tile of packed weights is read: see <see cref="PackedWeights"/> for the layout.</summary>
internal unsafe interface IPackedFormat
{
    /// <summary>Code bytes of one group of 32 x 32 weights.</summary>
    static abstract int CodeBytes { get; }

    /// <summary>Scale bytes of one group of 32 x 32 weights, filled up to a multiple of 64.</summary>
    static abstract int ScaleBytes { get; }

    /// <summary>Scale bytes in front of each eight groups.</summary>
    static abstract int HeadBytes { get; }

    /// <summary>In how many steps a group is multiplied: 4 of two quads, or 8 of one.</summary>
    static abstract int Steps { get; }

    /// <summary>
    /// In how many parts a group is summed: 1, or 2 where the halves have scales of their own or the products of a
    /// group do not fit an i16 (codes above 15).
    /// </summary>
    static abstract int Parts { get; }

    static abstract bool HasMinimum { get; }

    /// <summary>The high bits of quads 4 half to 4 half + 3, those of the first quad lowest.</summary>
    /// <param name="codes">At the lane's first byte.</param>
    /// <param name="half">0 or 1.</param>
    static abstract TBytes HighBits<TBytes, TFloat>(byte* codes, int half)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat>;

    /// <summary>Codes of a step, both the same where it has one quad; takes their bits off <paramref name="high"/>.</summary>
    /// <param name="codes">At the lane's first byte.</param>
    /// <param name="step">Below <see cref="Steps"/>.</param>
    /// <param name="high">What <see cref="HighBits"/> returned for this half.</param>
    /// <param name="first">Codes of the first quad.</param>
    /// <param name="second">Codes of the second one.</param>
    static abstract void Read<TBytes, TFloat>(byte* codes, int step, ref TBytes high, out TBytes first, out TBytes second)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat>;

    /// <summary>Adds the products of a step's quads (a, b) of two vectors of outputs with one row of x to n.</summary>
    /// <param name="n0">Of the first vector: i16 sums of pairs, or i32.</param>
    /// <param name="n1">Of the second vector.</param>
    /// <param name="a0">First quad, first vector.</param>
    /// <param name="a1">First quad, second vector.</param>
    /// <param name="b0">Second quad, first vector.</param>
    /// <param name="b1">Second quad, second vector.</param>
    /// <param name="quants">The row's quants of the step.</param>
    /// <param name="pairs">The same as i16.</param>
    static abstract void Multiply<TBytes, TFloat>(
        ref TBytes n0, ref TBytes n1, TBytes a0, TBytes a1, TBytes b0, TBytes b1, sbyte* quants, short* pairs)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat>;

    /// <summary>What was summed in n, as i32 and less the codes' offset.</summary>
    /// <param name="n0">Of the first vector.</param>
    /// <param name="n1">Of the second vector.</param>
    /// <param name="halfSums">Sums of the row's quants over the halves of the group.</param>
    /// <param name="part">0 or 1.</param>
    static abstract void Total<TBytes, TFloat>(ref TBytes n0, ref TBytes n1, int* halfSums, int part)
        where TBytes : struct, IByteLanes<TBytes, TFloat>
        where TFloat : struct, ILanes<TFloat>;

    /// <summary>Scales of the lanes from <paramref name="lane"/> on, for a part of the group.</summary>
    /// <param name="head">The f16 scales of the eight groups, expanded; unused where HeadBytes is 0.</param>
    /// <param name="scales">Of the group.</param>
    /// <param name="factor">The tile's, for ILanes.LoadTinyHalf.</param>
    /// <param name="lane">First output, 0 to 31.</param>
    /// <param name="part">0 or 1.</param>
    /// <param name="scale">Multiplies the values.</param>
    static abstract void ReadScale<TFloat>(float* head, byte* scales, TFloat factor, int lane, int part, out TFloat scale)
        where TFloat : struct, ILanes<TFloat>;

    /// <summary>What is added to every weight of the group; unused where HasMinimum is false.</summary>
    /// <param name="head">The f16 scales of the eight groups, expanded; unused where HeadBytes is 0.</param>
    /// <param name="scales">Of the group.</param>
    /// <param name="factor">The tile's, for ILanes.LoadTinyHalf.</param>
    /// <param name="lane">First output, 0 to 31.</param>
    /// <param name="minimum">Added to every value times its scale.</param>
    static abstract void ReadMinimum<TFloat>(float* head, byte* scales, TFloat factor, int lane, out TFloat minimum)
        where TFloat : struct, ILanes<TFloat>;
}
