namespace Spud.Numerics;

/// <summary>
/// A fixed number of f32 lanes: the width of a kernel as a type argument. <see cref="Lanes1"/> is the scalar
/// fallback, so it cannot drift from the vector bodies.
/// </summary>
internal unsafe interface ILanes<T> where T : struct, ILanes<T>
{
    static abstract int Count { get; }

    static abstract T Create(float value);

    static abstract T Load(float* source);

    /// <summary>
    /// Count IEEE halves as f32, subnormals exact; infinities and NaN become large finite numbers. Subnormals cost some
    /// processors a few cycles; selecting them apart costs more with weights of a deviation down to 0.002.
    /// </summary>
    static abstract T LoadHalf(ushort* source);

    /// <summary>Count bfloat16 numbers as f32.</summary>
    static abstract T LoadBrain(ushort* source);

    /// <summary>Count IEEE halves times 2^-112: their fields where f32 has them. Subnormals stay subnormal.</summary>
    static abstract T LoadTinyHalf(ushort* source);

    /// <summary>Count IEEE halves times 2^-112 times <paramref name="factor"/>.</summary>
    static abstract T LoadTinyHalf(ushort* source, T factor);

    /// <summary>Count unsigned bytes as f32.</summary>
    static abstract T LoadBytes(byte* source);

    /// <summary>Count signed bytes as f32.</summary>
    static abstract T LoadSignedBytes(sbyte* source);

    /// <summary>Half a byte each of Count bytes as f32: the lower half, or with a shift of 4 the upper one.</summary>
    static abstract T LoadNibbles(byte* source, int shift);

    /// <summary>Count exponent bytes e as f32: 2^(e - 128), subnormal for e below 2.</summary>
    static abstract T LoadExponents(byte* source);

    static abstract void Store(T value, float* target);

    static abstract T operator +(T left, T right);

    static abstract T operator -(T left, T right);

    static abstract T operator *(T left, T right);

    static abstract T operator /(T left, T right);

    /// <summary>a * b + c, rounded once where the machine has a fused multiply-add.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    /// <summary>The larger; where one is NaN, the second (on machines that have it so in hardware).</summary>
    static abstract T Max(T left, T right);

    static abstract T Min(T left, T right);

    /// <summary>Lanes where x is below the limit take the first value, the others (NaN too) the second.</summary>
    static abstract T SelectLess(T x, T limit, T below, T otherwise);

    /// <summary>value * 2^n, with n the low bits of the float pattern <paramref name="n"/> (see LaneMath.Exp).</summary>
    static abstract T ShiftExponent(T value, T n);

    /// <summary>All lanes, added in halves: the upper half to the lower one until one is left.</summary>
    static abstract float Sum(T value);

    /// <summary>Writes the sums of four values, each with the bits of <see cref="Sum"/>.</summary>
    static abstract void StoreSums(T a, T b, T c, T d, float* four);

    static abstract float MaxAcross(T value);
}
