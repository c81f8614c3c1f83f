using System.Diagnostics.CodeAnalysis;

namespace Spud.Numerics;

/// <summary>
/// A fixed number of 32-bit lanes for integer products: a lane holds four bytes, two i16 or one i32 of one output.
/// </summary>
/// <typeparam name="T">The implementing struct.</typeparam>
/// <typeparam name="TFloat">f32 lanes of the same count.</typeparam>
internal unsafe interface IByteLanes<T, TFloat>
    where T : struct, IByteLanes<T, TFloat>
    where TFloat : struct, ILanes<TFloat>
{
    /// <summary>Whether four products of bytes are added directly to an i32: nothing can saturate, and no widening is needed.</summary>
    static abstract bool HasByteDot { get; }

    static abstract T Zero { get; }

    static abstract T Load(byte* source);

    /// <summary>The same 32 bits for every lane.</summary>
    static abstract T Broadcast(int bits);

    /// <summary>A table of 16 bytes for <see cref="LookUp"/>.</summary>
    static abstract T Table(ReadOnlySpan<sbyte> table);

    static abstract T operator &(T left, T right);

    static abstract T operator |(T left, T right);

    static abstract T operator ^(T left, T right);

    static abstract T ShiftLeft(T value, [ConstantExpected] int count);

    static abstract T ShiftRight(T value, [ConstantExpected] int count);

    /// <summary>Each byte of <paramref name="indices"/> (0 to 15) replaced by that byte of the table.</summary>
    static abstract T LookUp(T table, T indices);

    /// <summary>sum + unsigned bytes x signed bytes: in pairs to i16 (the caller ensures that nothing overflows), or all four to i32.</summary>
    static abstract T MultiplyAddBytes(T sum, T unsignedBytes, T signedBytes);

    /// <summary><see cref="MultiplyAddBytes"/> with a sum of zero.</summary>
    static abstract T MultiplyBytes(T unsignedBytes, T signedBytes);

    /// <summary>The sums of <see cref="MultiplyAddBytes"/>, as i32.</summary>
    static abstract T Widen(T sum);

    /// <summary>
    /// n + signed bytes x signed bytes, all four of a lane, i32; if <see cref="HasByteDot"/> holds, as if the first were 128 greater.
    /// </summary>
    /// <param name="n0">n of the first vector of outputs.</param>
    /// <param name="n1">n of the second vector.</param>
    /// <param name="a0">Codes of the first vector.</param>
    /// <param name="a1">Codes of the second vector.</param>
    /// <param name="quants">Four quants, -127 to 127, the same for every lane.</param>
    /// <param name="pairs">The same quants as i16.</param>
    static abstract void MultiplyAddSigned(ref T n0, ref T n1, T a0, T a1, sbyte* quants, short* pairs);

    static abstract T Add(T left, T right);

    static abstract TFloat ToSingle(T value);
}
