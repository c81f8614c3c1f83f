using System.Collections.Immutable;

namespace Spud.Evaluation.Comparison;

/// <summary>Computes a task's figures from its values.</summary>
internal static class TaskSummary
{
    public static TaskResult Of(ComparisonTask task, TaskSums sums, BootstrapSettings settings)
    {
        (int pipelines, int metrics) = (sums.Values.Length, task.Metrics.Count);
        Interval[] intervals = Bootstrap.Intervals(
            [sums.Done],
            settings,
            () => new double[pipelines * metrics + 1],
            (sum, _, item) => Add(sum, sums, item, metrics),
            sum => Figures(sum, task.Metrics, pipelines));
        return new()
        {
            Name = task.Name,
            File = task.File,
            Sha256 = task.Sha256,
            Items = sums.Done,
            Pipelines = [.. Enumerable.Range(0, pipelines).Select(pipeline => Of(task, sums, pipeline, intervals.AsSpan(2 * metrics * pipeline, 2 * metrics)))],
        };
    }

    private static TaskFigures Of(ComparisonTask task, TaskSums sums, int pipeline, ReadOnlySpan<Interval> intervals)
    {
        ImmutableArray<MetricFigures>.Builder metrics = ImmutableArray.CreateBuilder<MetricFigures>();
        for (int i = 0; i < task.Metrics.Count; i++)
            metrics.Add(new(task.Metrics[i].Name, intervals[2 * i], intervals[2 * i + 1]));

        double units = (double)(sums.Flops[pipeline] / Metering.Tally.FlopsPerUnit) / sums.Done;
        return new(metrics.ToImmutable(), units, metrics[0].Value.Value / units);
    }

    private static void Add(double[] sum, TaskSums sums, int item, int metrics)
    {
        for (int pipeline = 0; pipeline < sums.Values.Length; pipeline++)
        {
            for (int metric = 0; metric < metrics; metric++)
                sum[pipeline * metrics + metric] += sums.Values[pipeline][item * metrics + metric];
        }

        sum[^1]++;
    }

    /// <summary>[pipeline][metric]: the figure, and its comparison with the first pipeline's.</summary>
    private static double[] Figures(double[] sum, IReadOnlyList<TaskMetric> metrics, int pipelines)
    {
        double[] figures = new double[2 * pipelines * metrics.Count];
        for (int i = 0; i < pipelines * metrics.Count; i++)
        {
            (double mean, double first) = (sum[i] / sum[^1], sum[i % metrics.Count] / sum[^1]);
            bool likelihood = metrics[i % metrics.Count].IsLogLikelihood;
            figures[2 * i] = likelihood ? Math.Exp(-mean) : mean;
            figures[2 * i + 1] = likelihood ? Math.Exp(first - mean) : mean - first;
        }

        return figures;
    }
}
