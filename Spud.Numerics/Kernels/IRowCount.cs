namespace Spud.Numerics;

/// <summary>Number of rows that a register-blocked body takes, as a type argument: the compiler drops the code for other counts.</summary>
internal interface IRowCount
{
    static abstract int Count { get; }
}

internal readonly struct OneRow : IRowCount
{
    public static int Count => 1;
}

internal readonly struct TwoRows : IRowCount
{
    public static int Count => 2;
}

internal readonly struct ThreeRows : IRowCount
{
    public static int Count => 3;
}

internal readonly struct FourRows : IRowCount
{
    public static int Count => 4;
}

/// <summary>For vectors of which there are 32 registers.</summary>
internal readonly struct SixRows : IRowCount
{
    public static int Count => 6;
}
