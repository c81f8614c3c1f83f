namespace Spud.Execution;

/// <summary>One sequence's rows in a batch.</summary>
internal readonly record struct BatchEntry(Sequence Sequence, Phase Phase, int FirstRow, int Rows, int FirstPosition, int FirstLogitRow, int LogitRows);
