using Spud.Composition;

namespace Spud.Evaluation.Comparison;

/// <summary>Computes figures from sums: a pure function of the measurements.</summary>
internal sealed class Summary(IReadOnlyList<ComparedPipeline> pipelines, IReadOnlyList<ComparedText> texts, ComparedTasks tasks, ComparisonSettings settings, ComparisonState state, DraftFigures?[] drafts)
{
    /// <summary>Perplexity, ratio, divergence and agreement of each pipeline.</summary>
    private const int FiguresPerPipeline = 4;

    public ComparisonResult Result()
    {
        QualityFigures[] overall = Quality(state.Texts);
        PipelineResult[] results = [.. pipelines.Select((pipeline, i) => Pipeline(pipeline, i, overall[i]))];
        return new()
        {
            Settings = settings,
            Texts = [.. texts.Zip(state.Texts, Text)],
            Tasks = [.. tasks.Questions.Zip(state.Tasks, (task, sums) => TaskSummary.Of(task, sums, settings.Bootstrap))],
            Needles = [.. tasks.Needles.Zip(state.Needles, (task, sums) => NeedleSummary.Of(task, sums, settings.Bootstrap.Confidence))],
            Pipelines = [.. results],
            Positions = PositionSummary.Of(state.Texts, pipelines.Count, settings),
            Envelope = EnvelopeSummary.Of(pipelines, results),
            ForwardSeconds = state.ForwardSeconds.Sum(),
            OwnSeconds = state.OwnSeconds,
        };
    }

    private TextResult Text(ComparedText text, TextSums sums) => new()
    {
        Name = text.Name,
        Bytes = text.Bytes,
        Sha256 = text.Sha256,
        Windows = sums.Windows,
        Tokens = sums.Blocks.Blocks.Sum(block => block.Tokens),
        Blocks = sums.Blocks.Blocks.Count,
        Pipelines = [.. Quality([sums])],
    };

    private PipelineResult Pipeline(ComparedPipeline pipeline, int index, QualityFigures quality)
    {
        PipelineExplanation explanation = PipelineExplanation.Of(pipeline.Model.Pipeline);
        return new()
        {
            Name = pipeline.Name,
            Quality = quality,
            Speed = settings.Speed is null ? null : new(SpreadOf(state.Speed.Prefill[index]), SpreadOf(state.Speed.Decode[index])),
            Drafts = drafts[index],
            Compute = ComputeSummary.Of(state.Texts.Select(text => text.Runs[index]), quality.Perplexity, pipeline.Model.Pipeline.Model.Vocabulary),
            KvBytesPerToken = (double)state.Texts.Sum(text => text.Runs[index].KeptBytes) / state.Texts.Sum(text => text.Runs[index].Rows),
            Memory = new(explanation.Memory.PrivateBytes, explanation.Memory.MappedBytes, pipeline.MeasuredBytes),
            ForwardSeconds = state.ForwardSeconds[index],
            Explanation = explanation,
        };
    }

    /// <summary>[pipeline]: figures over some texts, each with a fixed share of every repetition.</summary>
    private QualityFigures[] Quality(TextSums[] of)
    {
        Interval[] intervals = Bootstrap.Intervals(
            [.. of.Select(text => text.Blocks.Blocks.Count)],
            settings.Bootstrap,
            () => Block.Of(pipelines.Count),
            (sum, text, block) => sum.Add(of[text].Blocks.Blocks[block]),
            Figures);
        long tokens = of.Sum(text => text.Blocks.Blocks.Sum(block => block.Tokens));
        return [.. pipelines.Select((_, i) => Quality(i, tokens, intervals.AsSpan(FiguresPerPipeline * i, FiguresPerPipeline), of))];
    }

    private QualityFigures Quality(int pipeline, long tokens, ReadOnlySpan<Interval> figures, TextSums[] of)
    {
        bool isSameVocabulary = pipelines[pipeline].Model.Pipeline.Model.Vocabulary == pipelines[0].Model.Pipeline.Model.Vocabulary;
        DivergenceHistogram divergences = new();
        foreach (TextSums text in of)
            divergences.Add(text.Divergences[pipeline]);

        return new()
        {
            Tokens = tokens,
            Perplexity = figures[0],
            PerplexityRatio = figures[1],
            MeanDivergence = isSameVocabulary ? figures[2] : null,
            Divergence99 = isSameVocabulary ? divergences.Percentile(0.99) : null,
            Agreement = figures[3],
            Parity = figures[1].High is { } high ? high <= settings.ParityRatio : null,
        };
    }

    private static double[] Figures(Block sum)
    {
        double[] figures = new double[FiguresPerPipeline * sum.Losses.Length];
        for (int i = 0; i < sum.Losses.Length; i++)
        {
            figures[FiguresPerPipeline * i] = Math.Exp(sum.Losses[i] / sum.Tokens);
            figures[FiguresPerPipeline * i + 1] = Math.Exp((sum.Losses[i] - sum.Losses[0]) / sum.Tokens);
            figures[FiguresPerPipeline * i + 2] = sum.Divergences[i] / sum.Tokens;
            figures[FiguresPerPipeline * i + 3] = (double)sum.Agreements[i] / sum.Tokens;
        }

        return figures;
    }

    private static Spread SpreadOf(List<double> samples)
    {
        double[] sorted = [.. samples.Order()];
        int middle = sorted.Length / 2;
        double median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new(median, sorted[0], sorted[^1], [.. samples]);
    }
}
