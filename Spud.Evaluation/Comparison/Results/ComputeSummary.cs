using System.Collections.Immutable;
using Spud.Configuration;

namespace Spud.Evaluation.Comparison;

/// <summary>Computes the cost of a token from sums.</summary>
internal static class ComputeSummary
{
    private const double FlopsPerUnit = (double)Metering.Tally.FlopsPerUnit;

    /// <summary>The figures.</summary>
    /// <param name="runs">Of all texts.</param>
    /// <param name="perplexity">Over all texts.</param>
    /// <param name="vocabulary">V.</param>
    public static ComputeFigures Of(IEnumerable<RunSums> runs, Interval perplexity, int vocabulary)
    {
        RunSums sum = RunSums.Of(runs.First().PlanEntries.Length);
        foreach (RunSums run in runs)
            sum.Add(run);

        ImmutableArray<RoleFigures> roles = [.. Roles.All.Select((role, i) => Role(role, i, sum))];
        double units = roles.Sum(role => role.ComputeUnitsPerToken);
        return new()
        {
            ComputeUnitsPerToken = units,
            // A lower perplexity is a higher score, so the ends of the interval are swapped.
            BitsPerComputeUnit = new(Score(perplexity.Value), perplexity.High is { } high ? Score(high) : null, perplexity.Low is { } low ? Score(low) : null),
            Roles = roles,
            ExpertsByLayer = [.. sum.PlanEntries.Select(entries => (double)entries / sum.Rows)],
        };

        double Score(double of) => (Math.Log2(vocabulary) - Math.Log2(of)) / units;
    }

    private static RoleFigures Role(string role, int index, RunSums sum)
    {
        double rows = role == Roles.Head ? sum.LogitRows : sum.Rows;
        return new(role, sum.Flops[index] / rows / FlopsPerUnit, sum.Seconds[index] / rows);
    }
}
