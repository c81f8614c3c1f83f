using System.Xml.Linq;
using Spud.Evaluation.Comparison;
using static Spud.Host.Html;
using static Spud.Host.PageParts;

namespace Spud.Host;

/// <summary>A comparison as one self-contained HTML file: no network access, no scripts.</summary>
internal static class ComparePage
{
    /// <summary>The content of the file.</summary>
    public static byte[] Write(CompareReport report) => PageParts.Write("Pipelines compared", Header(report), Sections(report));

    private static IEnumerable<XElement> Header(CompareReport report)
    {
        ComparisonResult result = report.Result;
        yield return Element("h1", $"{result.Pipelines.Length} pipelines of {PageTables.ModelName(result)}, compared");
        yield return Element("p", With("class", "lead"), $"{result.Texts.Sum(text => text.Tokens):N0} predicted tokens of {string.Join(", ", result.Texts.Select(text => Path.GetFileName(text.Name)))}, on {report.Machine.Processor}, {report.Created:yyyy-MM-dd HH:mm} UTC, Spud {report.Spud}");
    }

    private static IEnumerable<XElement> Sections(CompareReport report)
    {
        ComparisonResult result = report.Result;
        yield return Wide("In short", null, PageTables.Verdicts(result));
        yield return Wide("Quality", "Below each figure, its interval: 95 of 100 repetitions of a paired bootstrap over blocks of text. KL divergence in nats, from A.", PageTables.Quality(result));
        yield return Wide("Cost", "Bits per CU: what is saved for each token against guessing among all of the vocabulary, for each compute unit.", PageTables.Cost(result));
        yield return Card("Quality against compute", "No other pipeline is better in both than one on the line. The vertical lines are intervals of the ratio.", Figure(FrontChart.Draw(result)));
        if (result.Positions is not null)
            yield return Wide("Perplexity by position", "Each window is read from an empty context; a point sums up the positions up to the next.", Figure(PositionsChart.Draw(result)), Series(result), PageTables.Positions(result));
        if (result.Envelope is { } envelope)
            yield return Wide(EnvelopeText.Title, Envelope(envelope), Figure(EnvelopeChart.Draw(envelope)), PageTables.Envelope(envelope));
        yield return ExpertsOrMemory(result);
        yield return Card("Where the compute went", "CU of a token by role; the same for every number format.", Figure(RolesChart.Draw(result, "Compute by role", "CU per token", role => role.ComputeUnitsPerToken)), Legend(result), PageTables.Roles(result));
        yield return Card("Where the time went", "Milliseconds of a token by role while the texts were read, many rows at a time.", Figure(RolesChart.Draw(result, "Time by role", "ms per token", role => 1000 * role.SecondsPerToken)), Legend(result));
        foreach (XElement speed in result.Settings.Speed is { } settings ? Speed(result, settings) : [])
            yield return speed;
        if (result.Texts.Length > 1)
            yield return Wide("Text by text", null, PageTables.Texts(result));

        foreach (TaskResult task in result.Tasks)
            yield return Wide($"{task.Name}: {task.Items:N0} questions", "Judged as the lm-evaluation-harness does it. Below each figure, its interval.", PageTables.Task(task));

        foreach (NeedleResult task in result.Needles)
            yield return Wide(NeedleTable.Title(task), NeedleSection.Note(task), NeedleSection.Content(task));

        yield return Wide("The pipelines, side by side", "As they were resolved; what differs is marked with ≠.", PageTables.SideBySide(result));
        yield return Wide("How it was made", null, PageTables.Origin(report));
    }

    private static string Envelope(EnvelopeResult envelope) =>
        "Read off the lower envelope of the dense models: between two of them the logarithm of CU is interpolated, beyond them nothing is. "
        + (envelope.SeedDeviation is { } deviation
            ? $"Below a figure, its interval over seeds: 95 %, from a standard deviation of {deviation:0.0000} nats between seeds ({envelope.DegreesOfFreedom} degrees of freedom)."
            : "No model has several seeds, so there is no interval.");

    private static XElement ExpertsOrMemory(ComparisonResult result) => ExpertsChart.IsWorthIt(result)
        ? Card("Experts by layer", "Average number of experts of a token; the darker, the more.", Figure(ExpertsChart.Draw(result)), PageTables.Experts(result))
        : Card("Memory", "Every layer is dense, so there are no experts to count. What a pipeline has of its own, and what it reads from the model's file, which pipelines of one file share.", Figure(MemoryChart.Draw(result)), Key(("own", "its own"), ("bar", "mapped from the file")));

    private static IEnumerable<XElement> Speed(ComparisonResult result, SpeedSettings settings)
    {
        string how = $"Median of {settings.Repeats} measurements in turns; the line goes from the lowest to the highest.";
        yield return Card($"Prefill of {settings.Prompt} tokens", how, Figure(SpeedChart.Draw(result, "Speed of prefill", speed => speed.Prefill)));
        yield return Card($"Decode of {settings.Generate} tokens", how, Figure(SpeedChart.Draw(result, "Speed of decode", speed => speed.Decode)));
    }

    private static XElement Legend(ComparisonResult result) => Key([.. result.Pipelines
        .SelectMany(pipeline => pipeline.Compute.Roles).Where(role => role.ComputeUnitsPerToken > 0 || role.SecondsPerToken > 0).Select(role => role.Role).Distinct()
        .Select(role => (role, role))]);

    private static XElement Series(ComparisonResult result) => Key([.. result.Pipelines.Select((pipeline, i) => (Drawing.Series(i), $"{CompareTable.Letter(i)} {pipeline.Name}"))]);
}
