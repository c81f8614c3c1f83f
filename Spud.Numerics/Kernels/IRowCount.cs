namespace Spud.Numerics;

/// <summary>How many rows a register-blocked body takes, as a type argument: the compiler drops the code of the others.</summary>
internal interface IRowCount;

internal readonly struct OneRow : IRowCount;

internal readonly struct TwoRows : IRowCount;

internal readonly struct ThreeRows : IRowCount;

internal readonly struct FourRows : IRowCount;
