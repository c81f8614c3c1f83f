namespace Spud.Training.Model;

/// <summary>Which experts each row of a batch goes to, ragged, and in which order the (row, expert) pairs are computed.</summary>
/// <param name="rows">N.</param>
/// <param name="experts">E.</param>
/// <param name="maxUsed">Maximum experts per row.</param>
internal sealed class ExpertAssignment(int rows, int experts, int maxUsed)
{
    /// <summary>N.</summary>
    public int Rows => rows;

    /// <summary>Maximum experts per row.</summary>
    public int MaxUsed => maxUsed;

    /// <summary>[N + 1]: the pairs of row n are those from Offsets[n] to Offsets[n + 1].</summary>
    public int[] Offsets { get; } = new int[rows + 1];

    /// <summary>Pairs of all rows.</summary>
    public int Pairs => Offsets[rows];

    /// <summary>[pair]: the experts of each row, the most probable first.</summary>
    public int[] Experts { get; } = new int[rows * maxUsed];

    /// <summary>[pair]: their weights, which sum to 1 in each row.</summary>
    public float[] Weights { get; } = new float[rows * maxUsed];

    /// <summary>[pair]: the gradient of the weights.</summary>
    public float[] WeightGradients { get; } = new float[rows * maxUsed];

    /// <summary>[N]: log of the sum of exponentials of the logits.</summary>
    public float[] LogSums { get; } = new float[rows];

    /// <summary>[E]: number of rows of each expert.</summary>
    public int[] Counts { get; } = new int[experts];

    /// <summary>[pair]: the pairs ordered by expert, as rows.</summary>
    public int[] RowOfSlot { get; } = new int[rows * maxUsed];

    /// <summary>[pair]: index of a pair in that order.</summary>
    public int[] SlotOfPair { get; } = new int[rows * maxUsed];

    /// <summary>1 when all experts are used equally, E when one takes all.</summary>
    public double BalanceLoss { get; set; }

    /// <summary>Grows with the size of the logits.</summary>
    public double ZLoss { get; set; }

    /// <summary>Orders the pairs by expert, and by row for each expert.</summary>
    public void Group()
    {
        Span<int> next = stackalloc int[experts];
        for (int e = 1; e < experts; e++)
            next[e] = next[e - 1] + Counts[e - 1];
        for (int row = 0; row < rows; row++)
        {
            for (int pair = Offsets[row]; pair < Offsets[row + 1]; pair++)
            {
                int slot = next[Experts[pair]]++;
                (SlotOfPair[pair], RowOfSlot[slot]) = (slot, row);
            }
        }
    }
}
