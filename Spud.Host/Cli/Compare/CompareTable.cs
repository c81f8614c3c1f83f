using Spud.Evaluation.Comparison;

namespace Spud.Host;

/// <summary>A comparison as text, at most 80 columns wide except for long names.</summary>
internal sealed class CompareTable(TextWriter to)
{
    public void Write(CompareReport report)
    {
        ComparisonResult result = report.Result;
        to.WriteLine("Pipelines");
        foreach ((int i, PipelineResult pipeline) in result.Pipelines.Index())
            to.WriteLine($"  {Letter(i)}  {pipeline.Name}{(i == 0 ? "  (reference)" : "")}");

        WriteQuality("Quality", result.Texts, [.. result.Pipelines.Select(pipeline => pipeline.Quality)]);
        foreach (TextResult text in result.Texts.Length > 1 ? result.Texts : [])
            WriteQuality(text.Name, [text], [.. text.Pipelines]);

        WritePositions(result);
        foreach (TaskResult task in result.Tasks)
            WriteTask(task);

        foreach (NeedleResult needle in result.Needles)
            new NeedleTable(to).Write(needle);

        WriteCompute(result);
        WriteEnvelope(result);
        WriteMemory(result);
        WriteSpeed(result);
        WriteDrafts(result);
        WriteNotes(report);
    }

    /// <summary>A, B, … Z, AA, …</summary>
    public static string Letter(int index) => index < 26 ? $"{(char)('A' + index)}" : Letter(index / 26 - 1) + Letter(index % 26);

    private void WriteQuality(string title, IReadOnlyList<TextResult> texts, QualityFigures[] pipelines)
    {
        to.WriteLine();
        to.WriteLine(Invariant($"{title}: {texts.Sum(text => text.Tokens):N0} predicted tokens in {texts.Sum(text => text.Windows):N0} windows"));
        TextTable table = new("<>><>>><");
        table.Add("", "perplexity", "ratio", "95 %", "KL mean", "KL 99 %", "same top", "parity");
        foreach ((int i, QualityFigures of) in pipelines.Index())
        {
            table.Add(
                Letter(i),
                Invariant($"{of.Perplexity.Value:0.000}"),
                FigureText.RatioDigits(of.PerplexityRatio.Value),
                i == 0 ? "" : of.PerplexityRatio is { Low: { } low, High: { } high } ? $"{FigureText.RatioDigits(low)} .. {FigureText.RatioDigits(high)}" : "too little text",
                i == 0 ? "" : FigureText.Divergence(of.MeanDivergence?.Value),
                i == 0 ? "" : FigureText.Divergence(of.Divergence99),
                i == 0 ? "" : Invariant($"{100 * of.Agreement.Value:0.00} %"),
                i == 0 ? "" : of.Parity switch { true => "yes", false => "no", _ => "unknown" });
        }

        table.Write(to);
    }

    private void WritePositions(ComparisonResult result)
    {
        if (result.Positions is not { } positions)
            return;

        to.WriteLine();
        to.WriteLine("Perplexity by position, and ratios");
        TextTable table = new(new string('>', result.Pipelines.Length + 2));
        table.Add(["positions", "tokens", .. result.Pipelines.Select((_, i) => Letter(i))]);
        foreach (PositionFigures at in positions)
            table.Add([Invariant($"{at.FirstPosition} .. {at.LastPosition}"), Invariant($"{at.Tokens:N0}"), .. at.Pipelines.Select((of, i) => i == 0 ? Invariant($"{of.Perplexity.Value:0.000}") : FigureText.RatioDigits(of.PerplexityRatio.Value))]);

        table.Write(to);
    }

    private void WriteTask(TaskResult task)
    {
        to.WriteLine();
        to.WriteLine(Invariant($"{task.Name}: {task.Items:N0} questions of {task.File}"));
        TextTable table = new("<<><>>>");
        table.Add("", "metric", "value", "95 %", "against A", "CU each", "a CU");
        foreach ((int i, TaskFigures of) in task.Pipelines.Index())
        {
            foreach ((int metric, MetricFigures figures) in of.Metrics.Index())
            {
                table.Add(
                    metric == 0 ? Letter(i) : "",
                    figures.Name,
                    Invariant($"{figures.Value.Value:0.0000}"),
                    figures.Value is { Low: { } low, High: { } high } ? Invariant($"{low:0.000} .. {high:0.000}") : "too few",
                    i == 0 ? "" : Invariant($"{figures.AgainstFirst.Value:0.0000}"),
                    metric == 0 ? Invariant($"{of.ComputeUnitsPerItem:0.0000}") : "",
                    metric == 0 ? Invariant($"{of.AccuracyPerComputeUnit:0.0000}") : "");
            }
        }

        table.Write(to);
    }

    private void WriteCompute(ComparisonResult result)
    {
        to.WriteLine();
        to.WriteLine("Compute");
        TextTable table = new("<>>>");
        table.Add("", "CU per token", "bits per CU", "experts per token and layer");
        foreach ((int i, PipelineResult pipeline) in result.Pipelines.Index())
        {
            ComputeFigures compute = pipeline.Compute;
            string score = compute.BitsPerComputeUnit is { Low: { } low, High: { } high } of ? $"{FigureText.Score(of.Value)} ({FigureText.Score(low)} .. {FigureText.Score(high)})" : FigureText.Score(compute.BitsPerComputeUnit.Value);
            table.Add(Letter(i), Invariant($"{compute.ComputeUnitsPerToken:0.000000}"), score, Experts(compute.ExpertsByLayer));
        }

        table.Write(to);
    }

    private void WriteEnvelope(ComparisonResult result)
    {
        if (result.Envelope is not { } envelope)
            return;

        to.WriteLine();
        to.WriteLine(EnvelopeText.Title);
        TextTable table = new("<>><");
        table.Add("", "CU per token", "mean loss", "");
        foreach (ModelFigures model in envelope.Models)
            table.Add(EnvelopeText.Letters(model), FigureText.Units(model.ComputeUnitsPerToken), Invariant($"{model.MeanLoss:0.0000}"), EnvelopeText.Kind(model));

        table.Write(to);
        foreach (ModelFigures model in envelope.Models)
        {
            if (model.DenseComputeUnits is { } needed)
                WrappedText.Write(to, $"{EnvelopeText.Letters(model)}: a dense model needs {EnvelopeText.Sentence(needed)}.", 2);
        }
    }

    private static string Experts(IReadOnlyCollection<double> layers) => layers.Max() - layers.Min() < 0.005
        ? Invariant($"{layers.Average():0.##}")
        : Invariant($"{layers.Average():0.00} ({layers.Min():0.00} .. {layers.Max():0.00})");

    private void WriteMemory(ComparisonResult result)
    {
        to.WriteLine();
        to.WriteLine("Memory");
        TextTable table = new("<>>>>");
        table.Add("", "KV per token", "private, accounted", "measured", "mapped from the model");
        foreach ((int i, PipelineResult pipeline) in result.Pipelines.Index())
        {
            MemoryFigures memory = pipeline.Memory;
            table.Add(Letter(i), Invariant($"{pipeline.KvBytesPerToken:N0} bytes"), Units.Bytes(memory.PrivateBytes), memory.MeasuredBytes is { } measured ? Units.Bytes(measured) : "unknown", Units.Bytes(memory.MappedBytes));
        }

        table.Write(to);
    }

    private void WriteSpeed(ComparisonResult result)
    {
        if (result.Settings.Speed is not { } speed)
            return;

        to.WriteLine();
        to.WriteLine(Invariant($"Speed: tokens per second, median of {speed.Repeats} (lowest to highest), in turns"));
        TextTable table = new("<>>");
        table.Add("", $"prefill {speed.Prompt}", $"decode {speed.Generate}");
        foreach ((int i, PipelineResult pipeline) in result.Pipelines.Index())
            table.Add(Letter(i), SpreadText(pipeline.Speed!.Prefill), SpreadText(pipeline.Speed.Decode));

        table.Write(to);
    }

    private void WriteDrafts(ComparisonResult result)
    {
        if (result.Pipelines.All(static pipeline => pipeline.Drafts is null))
            return;

        to.WriteLine();
        to.WriteLine(Invariant($"Drafts: {result.Settings.Speed!.Generate} tokens generated greedily behind {result.Settings.Speed.Prompt} tokens of each text"));
        TextTable table = new("<>>>>>");
        table.Add("", "tokens/step", "accepted", "CU/token", "tokens/s", "accepted by position");
        foreach ((int i, PipelineResult pipeline) in result.Pipelines.Index())
        {
            if (pipeline.Drafts is { } drafts)
                table.Add(Letter(i), Invariant($"{drafts.TokensPerStep:0.00}"), $"{drafts.Accepted}/{drafts.Drafted}", Invariant($"{drafts.ComputeUnitsPerToken:0.000}"), Invariant($"{drafts.TokensPerSecond:0.0}"), string.Join(' ', drafts.Acceptance.Select(static part => Invariant($"{part:0.00}"))));
        }

        table.Write(to);
    }

    private void WriteNotes(CompareReport report)
    {
        ComparisonResult result = report.Result;
        to.WriteLine();
        WrappedText.Write(to, Invariant($"Parity: the upper end of the ratio's interval is at most {result.Settings.ParityRatio:0.00}. Intervals: paired bootstrap over {result.Texts.Sum(text => text.Blocks):N0} blocks of text. KL in nats. docs/measuring.md says how to read it."), 0);
        WrappedText.Write(to, Invariant($"{result.ForwardSeconds:0.0} s in forward passes over the texts, {result.OwnSeconds:0.0} s overhead ({100 * result.OwnSeconds / Math.Max(result.ForwardSeconds, 1e-9):0.0} %); {report.Machine.Processor}."), 0);
    }

    private static string SpreadText(Spread spread) => Invariant($"{spread.Median:0.0} ({spread.Low:0.0} .. {spread.High:0.0})");

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
