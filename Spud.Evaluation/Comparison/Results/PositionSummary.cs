using System.Collections.Immutable;

namespace Spud.Evaluation.Comparison;

/// <summary>Computes perplexity by position from blocks.</summary>
internal static class PositionSummary
{
    /// <summary>Perplexity and ratio of each pipeline.</summary>
    private const int FiguresPerPipeline = 2;

    public static ImmutableArray<PositionFigures>? Of(TextSums[] texts, int pipelines, ComparisonSettings settings)
    {
        WindowSettings window = settings.Window;
        if (window.BucketTokens is not { } bucketTokens || texts.Length == 0)
            return null;

        Interval[] intervals = Bootstrap.Intervals(
            [.. texts.Select(text => text.Blocks.Blocks.Count)],
            settings.Bootstrap,
            () => Block.Of(pipelines, window.Buckets),
            (sum, text, block) => sum.AddBuckets(texts[text].Blocks.Blocks[block]),
            Figures);
        return [.. Enumerable.Range(0, window.Buckets).Select(bucket => new PositionFigures
        {
            FirstPosition = window.FirstRow + 1 + bucket * bucketTokens,
            LastPosition = Math.Min(window.FirstRow + (bucket + 1) * bucketTokens, window.Tokens - 1),
            Tokens = texts.Sum(text => text.Blocks.Blocks.Sum(block => block.BucketTokens[bucket])),
            Pipelines = [.. Enumerable.Range(0, pipelines).Select(i => At((bucket * pipelines + i) * FiguresPerPipeline))],
        })];

        PositionPerplexity At(int figure) => new(intervals[figure], intervals[figure + 1]);
    }

    private static double[] Figures(Block sum) => [.. sum.BucketLosses.SelectMany((losses, bucket) => losses.SelectMany(loss => new[]
    {
        Math.Exp(loss / sum.BucketTokens[bucket]),
        Math.Exp((loss - losses[0]) / sum.BucketTokens[bucket]),
    }))];
}
