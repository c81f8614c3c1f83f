namespace Backend.Cpu.Shared;

/// <summary>Neighbouring outputs of a matrix.</summary>
/// <param name="First">Its first output.</param>
/// <param name="Width">Outputs.</param>
internal readonly record struct Tile(int First, int Width);
