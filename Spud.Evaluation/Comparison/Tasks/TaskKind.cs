namespace Spud.Evaluation.Comparison;

/// <summary>How a task's items are asked and judged; all but exact answers as the lm-evaluation-harness does it.</summary>
public enum TaskKind
{
    /// <summary>Multiple choice, task arc_easy: the choice with the highest log-likelihood, as it is and by byte.</summary>
    ArcEasy,

    /// <summary>Exact answer, task gsm8k_cot: eight fixed examples, greedy, the number after "The answer is", or the last number.</summary>
    Gsm8k,

    /// <summary>Text with exact answers: greedy, the answer itself, line by line.</summary>
    Exact,

    /// <summary>Last word, task lambada_openai: whether every token of it is the most likely one.</summary>
    Lambada,
}
