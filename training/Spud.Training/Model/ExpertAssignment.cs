namespace Spud.Training.Model;

/// <summary>Which experts each row of a batch goes to, and in which order the (row, expert) pairs are computed.</summary>
/// <param name="rows">N.</param>
/// <param name="experts">E.</param>
/// <param name="used">K.</param>
internal sealed class ExpertAssignment(int rows, int experts, int used)
{
    /// <summary>N.</summary>
    public int Rows => rows;

    /// <summary>K.</summary>
    public int Used => used;

    /// <summary>[N K]: the experts of each row, the most probable first.</summary>
    public int[] Experts { get; } = new int[rows * used];

    /// <summary>[N K]: their weights, which sum to 1 in each row.</summary>
    public float[] Weights { get; } = new float[rows * used];

    /// <summary>[N K]: the gradient of the weights.</summary>
    public float[] WeightGradients { get; } = new float[rows * used];

    /// <summary>[N]: log of the sum of exponentials of the logits.</summary>
    public float[] LogSums { get; } = new float[rows];

    /// <summary>[E]: how many rows go to each expert.</summary>
    public int[] Counts { get; } = new int[experts];

    /// <summary>[N K]: the pairs ordered by expert, as rows.</summary>
    public int[] RowOfSlot { get; } = new int[rows * used];

    /// <summary>[N K]: where a pair lies in that order.</summary>
    public int[] SlotOfPair { get; } = new int[rows * used];

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
        for (int pair = 0; pair < Experts.Length; pair++)
        {
            int slot = next[Experts[pair]]++;
            (SlotOfPair[pair], RowOfSlot[slot]) = (slot, pair / used);
        }
    }
}
