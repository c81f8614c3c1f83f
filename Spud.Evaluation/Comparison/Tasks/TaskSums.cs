namespace Spud.Evaluation.Comparison;

/// <summary>Results of one task so far.</summary>
public sealed class TaskSums
{
    /// <summary>[pipeline]: the values of the task's metrics for every finished question, concatenated.</summary>
    public required List<double>[] Values { get; init; }

    /// <summary>[pipeline]: FLOPs of all finished questions.</summary>
    public required long[] Flops { get; init; }

    /// <summary>Finished questions.</summary>
    public int Done { get; set; }

    internal static TaskSums Of(int pipelines) => new() { Values = [.. Enumerable.Range(0, pipelines).Select(_ => new List<double>())], Flops = new long[pipelines] };
}
