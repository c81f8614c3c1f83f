using System.Xml.Linq;
using Spud.Evaluation.Comparison;
using static Spud.Host.Html;

namespace Spud.Host;

/// <summary>The page's tables and lists.</summary>
internal static class PageTables
{
    /// <summary>The name of the model, or the number of models.</summary>
    public static string ModelName(ComparisonResult result) => result.Envelope is { } envelope ? $"{envelope.Models.Length} models"
        : result.Pipelines[0].Explanation.Model is var model && model.Name is { Length: > 0 } name ? name : Path.GetFileName(model.Path);

    /// <summary>One sentence per pipeline.</summary>
    public static XElement Verdicts(ComparisonResult result) => Element("ul", With("class", "verdicts"), result.Pipelines.Select((pipeline, i) => Element(
        "li",
        Element("span", With("class", "letter"), CompareTable.Letter(i)),
        Element("span", Element("span", With("class", "name"), pipeline.Name), i == 0 ? " is what the others are held against." : Verdict(result, pipeline)))));

    /// <summary>Prediction quality on the texts.</summary>
    public static XElement Quality(ComparisonResult result) => Table(
        ["", "perplexity", "ratio", "KL mean", "KL 99 %", "same top token", "parity"],
        result.Pipelines.Select((pipeline, i) => Row(Letter(i), QualityOf(pipeline.Quality, i == 0))));

    /// <summary>Cost of the pipelines.</summary>
    public static XElement Cost(ComparisonResult result) => Table(
        ["", "CU per token", "bits per CU", "KV per token", "memory", "prefill", "decode"],
        result.Pipelines.Select((pipeline, i) => Row(Letter(i), CostOf(pipeline))));

    /// <summary>Perplexity by position, collapsed.</summary>
    public static XElement Positions(ComparisonResult result) => Folded("As a table", Table(
        ["positions", "tokens", .. result.Pipelines.Select((_, i) => CompareTable.Letter(i))],
        result.Positions!.Value.Select(at => Row(Element("th", With("scope", "row"), $"{at.FirstPosition} to {at.LastPosition}"), [
            Cell($"{at.Tokens:N0}", null),
            .. at.Pipelines.Select((of, i) => Cell($"{of.Perplexity.Value:0.000}", i == 0 ? FigureText.Range(of.Perplexity, "0.00") : $"ratio {FigureText.Ratio(of.PerplexityRatio)}"))]))));

    /// <summary>Models compared with the dense ones.</summary>
    public static XElement Envelope(EnvelopeResult envelope) => Table(
        ["", "", "CU per token", "mean loss", EnvelopeText.Title, "times its own CU"],
        envelope.Models.Select(model => Row(Element("th", With("scope", "row"), EnvelopeText.Letters(model)), EnvelopeOf(model))));

    /// <summary>Perplexity per text.</summary>
    public static XElement Texts(ComparisonResult result) => Table(
        ["", .. result.Texts.Select(text => Path.GetFileName(text.Name))],
        result.Pipelines.Select((_, i) => Row(Letter(i), result.Texts.Select(text => Cell($"{text.Pipelines[i].Perplexity.Value:0.000}", i == 0 ? null : $"ratio {FigureText.Ratio(text.Pipelines[i].PerplexityRatio)}")))));

    /// <summary>Figures of a task.</summary>
    public static XElement Task(TaskResult task) => Table(
        ["", .. task.Pipelines[0].Metrics.SelectMany(metric => new[] { metric.Name, "against A" }), "CU per question", "accuracy per CU"],
        task.Pipelines.Select((pipeline, i) => Row(Letter(i), [
            .. pipeline.Metrics.SelectMany(metric => new[] { Cell($"{metric.Value.Value:0.0000}", FigureText.Range(metric.Value, "0.000")), i == 0 ? Cell("", null) : Cell($"{metric.AgainstFirst.Value:0.0000}", FigureText.Range(metric.AgainstFirst, "0.000")) }),
            Cell(FigureText.Units(pipeline.ComputeUnitsPerItem), null),
            Cell($"{pipeline.AccuracyPerComputeUnit:0.0000}", null)])));

    /// <summary>Compute and time by role, collapsed.</summary>
    public static XElement Roles(ComparisonResult result) => Folded("As a table", Table(
        ["", .. result.Pipelines[0].Compute.Roles.Select(role => role.Role)],
        result.Pipelines.Select((pipeline, i) => Row(Letter(i), pipeline.Compute.Roles.Select(role => Cell($"{FigureText.Units(role.ComputeUnitsPerToken)} CU", $"{1000 * role.SecondsPerToken:0.000} ms"))))));

    /// <summary>Experts by layer, collapsed.</summary>
    public static XElement Experts(ComparisonResult result) => Folded("As a table", Table(
        ["layer", .. result.Pipelines.Select((_, i) => CompareTable.Letter(i))],
        Enumerable.Range(0, ExpertsChart.Layers(result)).Select(layer => Row(Element("th", With("scope", "row"), $"{layer}"), result.Pipelines.Select(pipeline => Cell(layer < pipeline.Compute.ExpertsByLayer.Length ? $"{pipeline.Compute.ExpertsByLayer[layer]:0.000}" : "", null))))));

    /// <summary>The resolved pipelines: differences first, the rest collapsed.</summary>
    public static XElement SideBySide(ComparisonResult result)
    {
        (string Name, string[] Values)[] settings = [.. SettingList.Of(result.Pipelines)];
        (string Name, string[] Values)[] differing = [.. settings.Where(Differs)], alike = [.. settings.Where(setting => !Differs(setting))];
        string[] head = ["", .. result.Pipelines.Select((_, i) => CompareTable.Letter(i))];
        return Element(
            "div",
            differing.Length == 0 ? Element("p", "Nothing differs: they are the same pipeline.") : SettingTable(head, differing),
            Folded($"{alike.Length} settings that are the same", SettingTable(head, alike)));
    }

    /// <summary>Command, versions, machine, texts and settings of the measurement.</summary>
    public static XElement Origin(CompareReport report)
    {
        ComparisonResult result = report.Result;
        WindowSettings window = result.Settings.Window;
        string scored = window.From is { } from ? $"side by side, each scored from position {from} on ({window.Scored} tokens)" : window.Stride is { } stride ? $"one every {stride} tokens, the last {window.Scored} of each scored" : $"side by side, the second half of each scored ({window.Scored} tokens), as llama-perplexity does";
        return Element(
            "div",
            Element("pre", report.Command),
            Element(
                "dl",
                Entry("Spud", $"{report.Spud}, {report.Machine.Framework}, {report.Machine.System}"),
                Entry("Machine", $"{report.Machine.Processor}, {report.Machine.Cores} processors ({string.Join(", ", report.Machine.Vectors)}), {Units.Bytes(report.Machine.MemoryBytes)}"),
                Entry("Model", string.Join("; ", result.Pipelines.Select(pipeline => $"{Path.GetFileName(pipeline.Explanation.Model.Path)}, {pipeline.Explanation.Model.FileBytes:N0} bytes").Distinct())),
                result.Texts.Select(text => Entry("Text", $"{text.Name}, {text.Bytes:N0} bytes, SHA-256 {text.Sha256}, {text.Windows:N0} windows, {text.Tokens:N0} predicted tokens")),
                result.Needles.Where(task => task.File is not null).Select(task => Entry("Task", $"{task.Name}: {task.File}, SHA-256 {task.Sha256}, {task.Cases:N0} questions")),
                result.Tasks.Select(task => Entry("Task", $"{task.Name}: {task.File}, SHA-256 {task.Sha256}, {task.Items:N0} questions")),
                Entry("Windows", $"{window.Tokens} tokens, each read from an empty context, {scored}"),
                Entry("Intervals", $"{100 * result.Settings.Bootstrap.Confidence:0} %, {result.Settings.Bootstrap.Repetitions:N0} repetitions over {result.Texts.Sum(text => text.Blocks):N0} blocks, seed {result.Settings.Bootstrap.Seed}"),
                Entry("Time", $"{result.ForwardSeconds:0.0} s in forward passes over the texts, {result.OwnSeconds:0.0} s overhead ({100 * result.OwnSeconds / Math.Max(result.ForwardSeconds, 1e-9):0.0} %)")));
    }

    private static object[] Verdict(ComparisonResult result, PipelineResult pipeline)
    {
        PipelineResult first = result.Pipelines[0];
        string compute = $"{100 * pipeline.Compute.ComputeUnitsPerToken / first.Compute.ComputeUnitsPerToken:0.#} % of the compute, {100 * pipeline.KvBytesPerToken / first.KvBytesPerToken:0.#} % of the cache";
        string speed = pipeline.Speed is { } own && first.Speed is { } theirs ? $", {own.Prefill.Median / theirs.Prefill.Median:0.00} times the speed in prefill and {own.Decode.Median / theirs.Decode.Median:0.00} times in decode" : "";
        XElement parity = pipeline.Quality.Parity switch
        {
            true => Element("span", With("class", "good"), "✓ at parity"),
            false => Element("span", With("class", "bad"), "✗ not at parity"),
            _ => Element("span", "parity unknown, too little text"),
        };
        return [": ", parity, $", perplexity ratio {FigureText.Ratio(pipeline.Quality.PerplexityRatio)}, at {compute}{speed}."];
    }

    private static IEnumerable<XElement> QualityOf(QualityFigures quality, bool isFirst)
    {
        yield return Cell($"{quality.Perplexity.Value:0.000}", FigureText.Range(quality.Perplexity, "0.00"));
        yield return Cell(FigureText.RatioDigits(quality.PerplexityRatio.Value), isFirst ? null : FigureText.Range(quality.PerplexityRatio, "0.0000"));
        yield return Cell(isFirst ? "" : FigureText.Divergence(quality.MeanDivergence?.Value), null);
        yield return Cell(isFirst ? "" : FigureText.Divergence(quality.Divergence99), null);
        yield return Cell(isFirst ? "" : $"{100 * quality.Agreement.Value:0.00} %", isFirst ? null : FigureText.Range(new(0, 100 * quality.Agreement.Low, 100 * quality.Agreement.High), "0.0"));
        yield return Cell(isFirst ? "" : quality.Parity switch { true => "✓ yes", false => "✗ no", _ => "unknown" }, null);
    }

    private static IEnumerable<XElement> EnvelopeOf(ModelFigures model)
    {
        DenseCompute? needed = model.DenseComputeUnits;
        yield return Cell(EnvelopeText.Kind(model), null);
        yield return Cell(FigureText.Units(model.ComputeUnitsPerToken), null);
        yield return Cell($"{model.MeanLoss:0.0000}", null);
        yield return Cell(needed is null ? "" : EnvelopeText.Units(needed.Value), needed is { Low: { } low, High: { } high } ? $"{EnvelopeText.Units(low)} to {EnvelopeText.Units(high)}" : null);
        yield return Cell(needed is null ? "" : EnvelopeText.Of(needed.Ratio, "0.00"), null);
    }

    private static IEnumerable<XElement> CostOf(PipelineResult pipeline)
    {
        yield return Cell(FigureText.Units(pipeline.Compute.ComputeUnitsPerToken), null);
        yield return Cell(FigureText.Score(pipeline.Compute.BitsPerComputeUnit.Value), pipeline.Compute.BitsPerComputeUnit is { Low: { } low, High: { } high } ? $"{FigureText.Score(low)} to {FigureText.Score(high)}" : null);
        yield return Cell($"{pipeline.KvBytesPerToken:N0} bytes", null);
        yield return Cell(Units.Bytes(pipeline.Memory.PrivateBytes), pipeline.Memory.MeasuredBytes is { } measured ? $"measured {Units.Bytes(measured)}" : null);
        yield return SpeedOf(pipeline.Speed?.Prefill);
        yield return SpeedOf(pipeline.Speed?.Decode);
    }

    private static XElement SpeedOf(Spread? spread) => spread is null ? Cell("not measured", null) : Cell($"{spread.Median:0.0}/s", $"{spread.Low:0.0} to {spread.High:0.0}");

    private static XElement SettingTable(string[] head, (string Name, string[] Values)[] settings)
    {
        XElement table = Table(head, settings.Select(setting =>
        {
            XElement row = Row(Element("th", With("scope", "row"), Differs(setting) ? $"≠\u00a0{setting.Name}" : setting.Name), setting.Values.Select(value => Cell(value, null)));
            row.Add(Differs(setting) ? With("class", "differs") : null);
            return row;
        }));
        table.Element("table")!.Add(With("class", "settings"));
        return table;
    }

    private static bool Differs((string Name, string[] Values) setting) => setting.Values.Distinct().Count() > 1;

    // A table wider than the screen scrolls separately; the page does not.
    internal static XElement Table(IEnumerable<string> head, IEnumerable<XElement> rows) => Element(
        "div",
        With("class", "scroll"),
        With("tabindex", "0"),
        Element("table", Element("thead", Element("tr", head.Select(name => Element("th", With("scope", "col"), name)))), Element("tbody", rows)));

    internal static XElement Row(XElement head, IEnumerable<XElement> cells) => Element("tr", head, cells);

    internal static XElement Letter(int index) => Element("th", With("scope", "row"), CompareTable.Letter(index));

    internal static XElement Cell(string text, string? small) => Element("td", text, small is null ? null : Element("small", small));

    internal static XElement Folded(string title, XElement content) => Element("details", Element("summary", title), content);

    private static XElement[] Entry(string name, string value) => [Element("dt", name), Element("dd", value)];
}
