namespace Backend.Torch.Attention;

/// <summary>Adjacent rows of one sequence.</summary>
internal readonly record struct Block(int FirstRow, int Rows, int FirstPosition)
{
    public int LastPosition => FirstPosition + Rows - 1;
}
