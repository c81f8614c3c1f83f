namespace Spud.Evaluation.Comparison;

/// <summary>Tasks that pipelines run after the texts.</summary>
/// <param name="Questions">Tasks of short questions.</param>
/// <param name="Needles">Tasks of long contexts.</param>
public sealed record ComparedTasks(IReadOnlyList<ComparisonTask> Questions, IReadOnlyList<NeedleTask> Needles)
{
    /// <summary>No tasks.</summary>
    public static ComparedTasks None { get; } = new([], []);

    /// <summary>Whether there are any tasks.</summary>
    public bool Any => Questions.Count + Needles.Count > 0;

    /// <summary>Length of the longest generated context, in tokens.</summary>
    public int RequiredTokens => Needles.Select(task => task.ContextTokens ?? 0).DefaultIfEmpty().Max();

    /// <summary>Expected tokens of the longest questions, up to the model's trained length.</summary>
    public int WantedTokens => Needles.Any(task => task.ContextTokens is null) ? int.MaxValue : Questions.Select(task => task.ContextTokens).DefaultIfEmpty().Max();
}
