using Spud.Evaluation.Comparison;
using static System.FormattableString;

namespace Spud.Host;

/// <summary>A needle task as text.</summary>
internal sealed class NeedleTable(TextWriter to)
{
    /// <summary>If the first pipeline answers fewer questions than this correctly, nothing can be said about retention in another.</summary>
    public const int MinCases = 200;

    /// <summary>Why nothing can be said about retention in other pipelines; null if it can.</summary>
    public static string? Reservation(NeedleResult task) => task.Pipelines[0].FirstCorrect < MinCases
        ? $"A answered {task.Pipelines[0].FirstCorrect} questions: fewer than {MinCases}, so what is retained of them is no claim." : null;

    /// <summary>"passkey: 40 questions about long contexts".</summary>
    public static string Title(NeedleResult task) =>
        Invariant($"{task.Name}: {task.Cases:N0} questions about long contexts{(task.File is null ? "" : $" of {task.File}")}{(task.QuestionFirst ? ", each asked before the context too" : "")}");

    public void Write(NeedleResult task)
    {
        to.WriteLine();
        to.WriteLine(Title(task));
        TextTable table = new("<><>><>");
        table.Add("", "accuracy", "95 %", "of A's", "retained", "95 %", "cases");
        foreach ((int i, NeedleFigures of) in task.Pipelines.Index())
        {
            table.Add(
                CompareTable.Letter(i),
                Invariant($"{of.Accuracy.Value:0.000}"),
                Range(of.Accuracy),
                i == 0 || of.RelativeAccuracy is not { } relative ? "" : Invariant($"{relative:0.000}"),
                i == 0 || of.Retained is not { } retained ? "" : Invariant($"{retained.Value:0.000}"),
                i == 0 || of.Retained is not { } interval ? "" : Range(interval),
                i == 0 ? "" : Invariant($"{of.FirstCorrect:N0}"));
        }

        table.Write(to);
        WriteLengths(task);
        WriteDepths(task);
        if (Reservation(task) is { } reservation && task.Pipelines.Length > 1)
            WrappedText.Write(to, reservation, 2);
        foreach ((int i, NeedleFigures of) in task.Pipelines.Index().Where(pipeline => pipeline.Item.QuestionsSeen > 0 && !task.QuestionFirst))
            WrappedText.Write(to, $"{CompareTable.Letter(i)} decided what to keep while {of.QuestionsSeen} of the questions were read or answered.", 2);
    }

    private void WriteLengths(NeedleResult task)
    {
        TextTable table = new("<>>>>>>");
        table.Add("", "tokens", "accuracy", "pages, peak", "kept", "prefill", "decode");
        foreach ((int i, NeedleFigures of) in task.Pipelines.Index())
        {
            foreach (NeedleLength length in of.Lengths)
            {
                table.Add(
                    CompareTable.Letter(i), Invariant($"{length.Length:N0}"), Invariant($"{length.Accuracy.Value:0.000}"), Units.Bytes(length.PeakPageBytes), Units.Bytes(length.KeptBytes),
                    Invariant($"{length.PrefillTokensPerSecond:0.0}/s"), Invariant($"{length.DecodeTokensPerSecond:0.0}/s"));
            }
        }

        table.Write(to);
    }

    private void WriteDepths(NeedleResult task)
    {
        double[] depths = [.. task.Pipelines[0].Cells.Select(cell => cell.Depth).Distinct().Order()];
        TextTable table = new(new string('>', depths.Length + 2));
        table.Add(["", "tokens at depth", .. depths.Select(depth => Invariant($"{100 * depth:0.#} %"))]);
        foreach ((int i, NeedleFigures of) in task.Pipelines.Index())
        {
            foreach (IGrouping<int, NeedleCell> row in of.Cells.GroupBy(cell => cell.Length))
                table.Add([CompareTable.Letter(i), Invariant($"{row.Key:N0}"), .. depths.Select(depth => row.FirstOrDefault(cell => cell.Depth == depth) is { } cell ? Invariant($"{cell.Accuracy.Value:0.00}") : "")]);
        }

        table.Write(to);
    }

    private static string Range(Interval interval) => interval is { Low: { } low, High: { } high } ? Invariant($"{low:0.000} .. {high:0.000}") : "";
}
