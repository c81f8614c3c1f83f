namespace Spud.Evaluation.Comparison;

/// <summary>Computes the figures of a needle task from its outcomes.</summary>
internal static class NeedleSummary
{
    public static NeedleResult Of(NeedleTask task, NeedleSums sums, double confidence)
    {
        // Contexts of a file have arbitrary lengths: one row for all of them.
        int longest = sums.Readings.Max(reading => reading.Length);
        Func<int, int> length = task.File is null ? static length => length : _ => longest;
        return new()
        {
            Name = task.Name,
            File = task.File,
            Sha256 = task.Sha256,
            QuestionFirst = task.Settings.QuestionFirst,
            Cases = sums.Outcomes.Count,
            Pipelines = [.. sums.Readings[0].Costs.Select((_, pipeline) => Figures(sums, pipeline, length, confidence))],
        };
    }

    private static NeedleFigures Figures(NeedleSums sums, int pipeline, Func<int, int> length, double confidence)
    {
        NeedleOutcome[] first = [.. sums.Outcomes.Where(outcome => outcome.Correct[0])];
        Interval accuracy = Part(sums.Outcomes, pipeline, confidence);
        return new()
        {
            Accuracy = accuracy,
            RelativeAccuracy = first.Length == 0 ? null : accuracy.Value * sums.Outcomes.Count / first.Length,
            FirstCorrect = first.Length,
            Retained = first.Length == 0 ? null : Part(first, pipeline, confidence),
            QuestionsSeen = sums.Outcomes.Count(outcome => outcome.QuestionSeen[pipeline]),
            Cells = [.. sums.Outcomes.GroupBy(outcome => (Length: length(outcome.Length), outcome.Depth)).OrderBy(cell => cell.Key)
                .Select(cell => new NeedleCell(cell.Key.Length, cell.Key.Depth, cell.Count(), Part([.. cell], pipeline, confidence)))],
            Lengths = [.. sums.Readings.GroupBy(reading => length(reading.Length)).OrderBy(group => group.Key)
                .Select(group => Length(group.Key, [.. group.Select(reading => reading.Costs[pipeline])], [.. sums.Outcomes.Where(outcome => length(outcome.Length) == group.Key)], pipeline, confidence))],
        };
    }

    private static NeedleLength Length(int length, NeedleCost[] costs, NeedleOutcome[] outcomes, int pipeline, double confidence) => new()
    {
        Length = length,
        Cases = outcomes.Length,
        Accuracy = Part(outcomes, pipeline, confidence),
        PeakPageBytes = costs.Max(cost => cost.PeakPageBytes),
        KeptBytes = costs.Max(cost => cost.KeptBytes),
        PrefillTokensPerSecond = costs.Sum(cost => cost.PrefillTokens) / costs.Sum(cost => cost.PrefillSeconds),
        DecodeTokensPerSecond = costs.Sum(cost => cost.DecodeTokens) / costs.Sum(cost => cost.DecodeSeconds),
        ComputeUnitsPerContext = (double)(costs.Sum(cost => cost.Flops) / Metering.Tally.FlopsPerUnit) / costs.Length,
    };

    private static Interval Part(IReadOnlyCollection<NeedleOutcome> outcomes, int pipeline, double confidence) =>
        Wilson.Interval(outcomes.Count(outcome => outcome.Correct[pipeline]), outcomes.Count, confidence);
}
