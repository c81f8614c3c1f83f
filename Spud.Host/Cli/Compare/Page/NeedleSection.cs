using System.Xml.Linq;
using Spud.Evaluation.Comparison;
using static Spud.Host.Html;

namespace Spud.Host;

/// <summary>The section of a needle task on the page.</summary>
internal static class NeedleSection
{
    /// <summary>Notes on the task.</summary>
    public static string Note(NeedleResult task) =>
        "Answers are exact. Below a figure, its interval (Wilson's). Of A's: accuracy over that of A; retained: the part of what A answered, and cases: how many questions that was. Peak: bytes of all pages in use at most, prefill included."
        + (NeedleTable.Reservation(task) is { } reservation && task.Pipelines.Length > 1 ? $" {reservation}" : "");

    /// <summary>The task's maps and tables.</summary>
    public static XElement[] Content(NeedleResult task) =>
    [
        Element("div", With("class", "maps"), task.Pipelines.Select((figures, i) => Element("figure", NeedleChart.Draw(figures, i)))),
        PageTables.Table(["", "accuracy", "of A's", "retained", "cases", "questions seen"], task.Pipelines.Select((of, i) => PageTables.Row(PageTables.Letter(i), Figures(of, i == 0)))),
        PageTables.Folded("By length", PageTables.Table(
            ["", "tokens", "accuracy", "pages, peak", "kept", "prefill", "decode at the end", "CU a context"],
            task.Pipelines.SelectMany((of, i) => of.Lengths.Select(length => PageTables.Row(PageTables.Letter(i), Figures(length)))))),
    ];

    private static IEnumerable<XElement> Figures(NeedleFigures of, bool isFirst)
    {
        yield return PageTables.Cell($"{of.Accuracy.Value:0.000}", FigureText.Range(of.Accuracy, "0.000"));
        yield return PageTables.Cell(isFirst || of.RelativeAccuracy is not { } relative ? "" : $"{relative:0.000}", null);
        yield return isFirst || of.Retained is not { } retained ? PageTables.Cell("", null) : PageTables.Cell($"{retained.Value:0.000}", FigureText.Range(retained, "0.000"));
        yield return PageTables.Cell(isFirst ? "" : $"{of.FirstCorrect:N0}", null);
        yield return PageTables.Cell($"{of.QuestionsSeen}", null);
    }

    private static IEnumerable<XElement> Figures(NeedleLength length)
    {
        yield return PageTables.Cell($"{length.Length:N0}", null);
        yield return PageTables.Cell($"{length.Accuracy.Value:0.000}", FigureText.Range(length.Accuracy, "0.000"));
        yield return PageTables.Cell(Units.Bytes(length.PeakPageBytes), null);
        yield return PageTables.Cell(Units.Bytes(length.KeptBytes), null);
        yield return PageTables.Cell($"{length.PrefillTokensPerSecond:0.0}/s", null);
        yield return PageTables.Cell($"{length.DecodeTokensPerSecond:0.0}/s", null);
        yield return PageTables.Cell(FigureText.Units(length.ComputeUnitsPerContext), null);
    }
}
