namespace Spud.Evaluation.Comparison;

/// <summary>Sums over neighbouring windows of one text: the units of the bootstrap.</summary>
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

    /// <summary>[bucket]: predicted tokens at these positions; empty if positions are not distinguished.</summary>
    public long[] BucketTokens { get; init; } = [];

    /// <summary>[bucket][pipeline]: their losses, in nats.</summary>
    public double[][] BucketLosses { get; init; } = [];

    internal static Block Of(int pipelines, int buckets = 0) => new()
    {
        Losses = new double[pipelines],
        Divergences = new double[pipelines],
        Agreements = new long[pipelines],
        BucketTokens = new long[buckets],
        BucketLosses = [.. Enumerable.Range(0, buckets).Select(_ => new double[pipelines])],
    };

    internal void Add(Block other)
    {
        Tokens += other.Tokens;
        for (int i = 0; i < Losses.Length; i++)
        {
            Losses[i] += other.Losses[i];
            Divergences[i] += other.Divergences[i];
            Agreements[i] += other.Agreements[i];
        }

        AddBuckets(other);
    }

    internal void AddBuckets(Block other)
    {
        for (int bucket = 0; bucket < BucketTokens.Length; bucket++)
        {
            BucketTokens[bucket] += other.BucketTokens[bucket];
            for (int i = 0; i < BucketLosses[bucket].Length; i++)
                BucketLosses[bucket][i] += other.BucketLosses[bucket][i];
        }
    }
}

/// <summary>Blocks of a text, in order. Their number is bounded for any length of text: when there are too many, neighbours are merged.</summary>
public sealed class BlockList
{
    /// <summary>Maximum number of blocks; merging halves their number.</summary>
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
