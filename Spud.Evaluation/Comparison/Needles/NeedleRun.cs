namespace Spud.Evaluation.Comparison;

/// <summary>Asks all pipelines about the contexts of a task, context by context.</summary>
internal sealed class NeedleRun(IReadOnlyList<ComparedPipeline> pipelines, NeedleTask task, NeedleSums sums)
{
    /// <summary>Runs the remaining work.</summary>
    /// <param name="onContext">Called after each context with the progress, 0 to 1.</param>
    /// <param name="cancellation">Cancels the run; finished work is kept.</param>
    public void Run(Action<double> onContext, CancellationToken cancellation)
    {
        IReadOnlyList<NeedleContext> contexts = task.Contexts(pipelines[0].Model.Tokenizer, BorderTokens());
        Require(contexts);
        NeedleReader[] readers = [.. pipelines.Select(pipeline => new NeedleReader(pipeline))];
        try
        {
            while (sums.Readings.Count < contexts.Count)
            {
                Read(contexts[sums.Readings.Count], readers, cancellation);
                onContext((double)sums.Readings.Count / contexts.Count);
            }
        }
        finally
        {
            foreach (NeedleReader reader in readers)
                reader.Dispose();
        }
    }

    private void Read(NeedleContext context, NeedleReader[] readers, CancellationToken cancellation)
    {
        NeedleCost[] costs = [.. readers.Select(_ => new NeedleCost())];
        (bool Correct, bool QuestionSeen)[][] outcomes = [.. readers.Select((reader, i) => reader.Read(context, costs[i], cancellation))];
        foreach ((int i, NeedleQuestion question) in context.Questions.Index())
        {
            sums.Outcomes.Add(new()
            {
                Length = context.Length,
                Depth = question.Depth,
                Correct = [.. outcomes.Select(of => of[i].Correct)],
                QuestionSeen = [.. outcomes.Select(of => of[i].QuestionSeen)],
            });
        }

        sums.Readings.Add(new() { Length = context.Length, Costs = costs });
    }

    private void Require(IReadOnlyList<NeedleContext> contexts)
    {
        int longest = contexts.Max(context => context.Length);
        if (pipelines.FirstOrDefault(pipeline => pipeline.Model.Pipeline.Limits.ContextTokens < longest) is { } small)
            throw new ComparisonException($"{task.Name}{(task.File is { } file ? $" of {file}" : "")}: the longest context has {longest} tokens with its question and answer, {small.Name} reads {small.Model.Pipeline.Limits.ContextTokens}. Raise the context (--ctx), or use shorter ones.");
    }

    /// <summary>Interval at which all caches decide what to keep; 1 if none ever does.</summary>
    private int BorderTokens()
    {
        int border = 1;
        foreach (ComparedPipeline pipeline in pipelines)
        {
            using Execution.Sequence sequence = pipeline.Model.Engine.Open();
            int every = sequence.RowsToReview;
            border = every == int.MaxValue ? border : border / Gcd(border, every) * every;
        }

        return border;
    }

    private static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);
}
