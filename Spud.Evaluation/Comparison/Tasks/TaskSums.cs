namespace Spud.Evaluation.Comparison;

/// <summary>What is known of one task so far.</summary>
public sealed class TaskSums
{
    /// <summary>[pipeline]: of every question that is done, the values of the task's metrics, one after the other.</summary>
    public required List<double>[] Values { get; init; }

    /// <summary>[pipeline]: FLOPs of all questions that are done.</summary>
    public required long[] Flops { get; init; }

    /// <summary>Questions that are done.</summary>
    public int Done { get; set; }

    internal static TaskSums Of(int pipelines) => new() { Values = [.. Enumerable.Range(0, pipelines).Select(_ => new List<double>())], Flops = new long[pipelines] };
}
