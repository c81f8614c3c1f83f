namespace Spud.Numerics;

/// <summary>
/// A fixed number of f32 lanes: the width of a kernel as a type argument. <see cref="Lanes1"/> is the scalar
/// fallback, so it cannot diverge from the vector bodies.
/// </summary>
internal unsafe interface ILanes<T> where T : struct, ILanes<T>
{
    static abstract int Count { get; }

    static abstract T Create(float value);

    static abstract T Load(float* source);

    /// <summary>
    /// Count IEEE halves as f32, subnormals exact; infinities and NaN become large finite numbers. Subnormals cost some
    /// CPUs a few cycles; handling them separately costs more for weights with a deviation as small as 0.002.
    /// </summary>
    static abstract T LoadHalf(ushort* source);

    /// <summary>Count bfloat16 numbers as f32.</summary>
    static abstract T LoadBrain(ushort* source);

    /// <summary>Count IEEE halves times 2^-112: their fields moved to the positions in f32. Subnormals stay subnormal.</summary>
    static abstract T LoadTinyHalf(ushort* source);

    /// <summary>Count IEEE halves times 2^-112 times <paramref name="factor"/>.</summary>
    static abstract T LoadTinyHalf(ushort* source, T factor);

    /// <summary>Count unsigned bytes as f32.</summary>
    static abstract T LoadBytes(byte* source);

    /// <summary>Count signed bytes as f32.</summary>
    static abstract T LoadSignedBytes(sbyte* source);

    /// <summary>One half (nibble) of each of Count bytes as f32: the lower half, or with a shift of 4 the upper one.</summary>
    static abstract T LoadNibbles(byte* source, int shift);

    /// <summary>Count exponent bytes e as f32: 2^(e - 128), subnormal for e below 2.</summary>
    static abstract T LoadExponents(byte* source);

    static abstract void Store(T value, float* target);

    static abstract T operator +(T left, T right);

    static abstract T operator -(T left, T right);

    static abstract T operator *(T left, T right);

    static abstract T operator /(T left, T right);

    /// <summary>a * b + c, rounded once if the CPU has a fused multiply-add.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    /// <summary>The maximum; if one is NaN, the second (on CPUs whose instruction does so).</summary>
    static abstract T Max(T left, T right);

    static abstract T Min(T left, T right);

    /// <summary>The first value in lanes where x is below the limit, the second in the others (including NaN).</summary>
    static abstract T SelectLess(T x, T limit, T below, T otherwise);

    /// <summary>value * 2^n, with n the low bits of the float pattern <paramref name="n"/> (see LaneMath.Exp).</summary>
    static abstract T ShiftExponent(T value, T n);

    /// <summary>The sum of all lanes, added in halves: the upper half to the lower one until one lane is left.</summary>
    static abstract float Sum(T value);

    /// <summary>Writes the sums of four values, each bit-identical to <see cref="Sum"/>.</summary>
    static abstract void StoreSums(T a, T b, T c, T d, float* four);

    static abstract float MaxAcross(T value);
}
