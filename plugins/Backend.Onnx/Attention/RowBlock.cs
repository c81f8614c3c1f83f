namespace Backend.Onnx.Attention;

/// <summary>Neighbouring rows of one sequence that are folded together.</summary>
/// <param name="FirstRow">Of the step.</param>
/// <param name="Rows">At least 1.</param>
/// <param name="FirstPosition">Of the first row; the others follow.</param>
internal readonly record struct RowBlock(int FirstRow, int Rows, int FirstPosition)
{
    /// <summary>Position of the last row.</summary>
    public int LastPosition => FirstPosition + Rows - 1;
}
