namespace Spud.Evaluation.Comparison;

/// <summary>Sums over neighbouring windows of one text: what the bootstrap draws.</summary>
public sealed class Block
{
    /// <summary>Predicted tokens.</summary>
    public long Tokens { get; set; }

    /// <summary>[pipeline]: losses, in nats.</summary>
    public required double[] Losses { get; init; }

    /// <summary>[pipeline]: KL divergences from the first, in nats.</summary>
    public required double[] Divergences { get; init; }

    /// <summary>[pipeline]: predictions whose most likely token is the first pipeline's.</summary>
    public required long[] Agreements { get; init; }

    internal static Block Of(int pipelines) => new() { Losses = new double[pipelines], Divergences = new double[pipelines], Agreements = new long[pipelines] };

    internal void Add(Block other)
    {
        Tokens += other.Tokens;
        for (int i = 0; i < Losses.Length; i++)
        {
            Losses[i] += other.Losses[i];
            Divergences[i] += other.Divergences[i];
            Agreements[i] += other.Agreements[i];
        }
    }
}

/// <summary>Blocks of a text, in order. Their number is bounded whatever the text's length: when there are too many, neighbours are joined.</summary>
public sealed class BlockList
{
    /// <summary>Maximum number of blocks; joining halves their number.</summary>
    internal const int Most = 2048;

    /// <summary>Windows of a block; the last may have fewer.</summary>
    public int WindowsPerBlock { get; set; } = 1;

    /// <summary>Windows of the last block.</summary>
    public int WindowsOfLast { get; set; }

    /// <summary>The blocks.</summary>
    public List<Block> Blocks { get; init; } = [];

    internal void Add(Block window)
    {
        if (Blocks.Count > 0 && WindowsOfLast < WindowsPerBlock)
        {
            Blocks[^1].Add(window);
            WindowsOfLast++;
            return;
        }

        if (Blocks.Count == Most)
            Join();

        Blocks.Add(window);
        WindowsOfLast = 1;
    }

    private void Join()
    {
        for (int i = 0; i < Most; i += 2)
        {
            Blocks[i].Add(Blocks[i + 1]);
            Blocks[i / 2] = Blocks[i];
        }

        Blocks.RemoveRange(Most / 2, Most / 2);
        WindowsPerBlock *= 2;
    }
}
