namespace Backend.Cpu.Shared;

/// <summary>Adjacent outputs of a matrix.</summary>
/// <param name="First">Index of its first output.</param>
/// <param name="Width">Number of outputs.</param>
internal readonly record struct Tile(int First, int Width);
