namespace Spud.Evaluation.Comparison;

/// <summary>What pipelines are asked after the texts.</summary>
/// <param name="Questions">Tasks of short questions.</param>
/// <param name="Needles">Tasks of long contexts.</param>
public sealed record ComparedTasks(IReadOnlyList<ComparisonTask> Questions, IReadOnlyList<NeedleTask> Needles)
{
    /// <summary>Nothing.</summary>
    public static ComparedTasks None { get; } = new([], []);

    /// <summary>Whether anything is asked.</summary>
    public bool Any => Questions.Count + Needles.Count > 0;

    /// <summary>Tokens of the longest context that is generated.</summary>
    public int RequiredTokens => Needles.Select(task => task.ContextTokens ?? 0).DefaultIfEmpty().Max();

    /// <summary>Tokens that the longest questions are expected to take, as far as a model was made for it.</summary>
    public int WantedTokens => Needles.Any(task => task.ContextTokens is null) ? int.MaxValue : Questions.Select(task => task.ContextTokens).DefaultIfEmpty().Max();
}
