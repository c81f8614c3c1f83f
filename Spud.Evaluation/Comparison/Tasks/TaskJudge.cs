using System.Globalization;
using System.Text;
using Spud.Execution;
using Spud.Generation;

namespace Spud.Evaluation.Comparison;

/// <summary>Asks one pipeline the questions of a task.</summary>
internal sealed class TaskJudge(ComparedPipeline pipeline) : IDisposable
{
    /// <summary>As in the lm-evaluation-harness.</summary>
    private const int MostTokens = 256;

    /// <summary>Extra tokens after an exact answer, to see that it ends: one for a space before it, one for a line break after it.</summary>
    private const int TokensBehindAnswer = 4;

    private static readonly string[] s_stops = ["Q:", "</s>", "<|im_end|>"];

    private readonly ContinuationScorer _scorer = new(pipeline);
    private Sequence? _sequence;

    /// <summary>Values of the task's metrics, and FLOPs.</summary>
    public (double[] Values, long Flops) Ask(TaskKind kind, TaskItem item, CancellationToken cancellation) => kind switch
    {
        TaskKind.ArcEasy => Choose(item, cancellation),
        TaskKind.Exact => WriteExactly(item, cancellation),
        TaskKind.Gsm8k => WriteNumber(item, cancellation),
        _ => LastWord(item, cancellation),
    };

    public void Dispose() => _sequence?.Dispose();

    private (double[] Values, long Flops) Choose(TaskItem item, CancellationToken cancellation)
    {
        (Continuation[] scores, long flops) = _scorer.Score(item.Prompt, item.Choices, cancellation);
        int right = int.Parse(item.Answer, CultureInfo.InvariantCulture);
        double[] likely = [.. scores.Select(score => score.LogLikelihood)];
        // A choice's length is that of its own text, without the space before it.
        double[] byByte = [.. likely.Select((value, i) => value / (Encoding.UTF8.GetByteCount(item.Choices[i]) - 1))];
        return ([Best(likely) == right ? 1 : 0, Best(byByte) == right ? 1 : 0], flops);
    }

    private (double[] Values, long Flops) LastWord(TaskItem item, CancellationToken cancellation)
    {
        (Continuation[] scores, long flops) = _scorer.Score(item.Prompt, item.Choices, cancellation);
        return ([scores[0].IsGreedy ? 1 : 0, scores[0].LogLikelihood], flops);
    }

    private (double[] Values, long Flops) WriteNumber(TaskItem item, CancellationToken cancellation)
    {
        (string text, long flops) = Write(item.Prompt, MostTokens, s_stops, cancellation);
        return ([AnswerMatch.Strict(text, item.Answer) ? 1 : 0, AnswerMatch.Flexible(text, item.Answer) ? 1 : 0], flops);
    }

    private (double[] Values, long Flops) WriteExactly(TaskItem item, CancellationToken cancellation)
    {
        int answerTokens = pipeline.Model.Tokenizer.Encode(item.Answer, addSpecial: false, parseSpecial: false).Length;
        (string text, long flops) = Write(item.Prompt, answerTokens + TokensBehindAnswer, [], cancellation);
        return ([AnswerMatch.Exact(text, item.Answer) ? 1 : 0], flops);
    }

    private (string Text, long Flops) Write(string question, int mostTokens, string[] stops, CancellationToken cancellation)
    {
        LanguageModel model = pipeline.Model;
        int[] prompt = model.Tokenizer.Encode(question, addSpecial: true, parseSpecial: false);
        int room = Math.Max(1, model.Pipeline.Limits.ContextTokens - mostTokens);
        // The common beginning of the questions is read once; the sequence is used only by this task.
        _sequence ??= model.Engine.Open();
        Request request = model.Generate(_sequence, prompt.Length > room ? prompt[^room..] : prompt, new() { MaxTokens = mostTokens, Sampling = new() { Temperature = 0 }, StopStrings = stops }, cancellation);
        string text = string.Concat(request.ToBlockingEnumerable().Select(piece => piece.Text));
        cancellation.ThrowIfCancellationRequested();
        return (text, request.Ledger?.Flops ?? 0);
    }

    private static int Best(double[] values) => Array.IndexOf(values, values.Max());
}
