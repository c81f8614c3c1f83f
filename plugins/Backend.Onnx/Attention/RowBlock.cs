namespace Backend.Onnx.Attention;

/// <summary>Adjacent rows of one sequence that are folded together.</summary>
/// <param name="FirstRow">Index of the first row in the step.</param>
/// <param name="Rows">Number of rows, at least 1.</param>
/// <param name="FirstPosition">Position of the first row; the others follow.</param>
internal readonly record struct RowBlock(int FirstRow, int Rows, int FirstPosition)
{
    /// <summary>Position of the last row.</summary>
    public int LastPosition => FirstPosition + Rows - 1;
}
