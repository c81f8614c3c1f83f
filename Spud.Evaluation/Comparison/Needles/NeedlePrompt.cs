using System.Collections.Immutable;
using Spud.Text.Tokenization;

namespace Spud.Evaluation.Comparison;

/// <summary>Makes the ids of a context: it ends where caches decide what to keep, so that question and answer stay out of that as far as they are short enough.</summary>
internal static class NeedlePrompt
{
    private const string Padding = "This is the beginning of a long text that goes on below. ";

    /// <summary>A context of a text; null: with question and answer it would be longer than asked for.</summary>
    /// <param name="tokenizer">Of all models.</param>
    /// <param name="text">What it says.</param>
    /// <param name="questions">About it.</param>
    /// <param name="length">Tokens of text, question and answer at most.</param>
    /// <param name="borderTokens">Where caches decide.</param>
    /// <param name="questionFirst">Whether the question stands before the text too.</param>
    public static NeedleContext? Make(Tokenizer tokenizer, string text, ImmutableArray<NeedleQuestion> questions, int length, int borderTokens, bool questionFirst)
    {
        int room = questions.Max(question => question.Ids(tokenizer).Length + question.AnswerTokens(tokenizer));
        int end = (length - room) / borderTokens * borderTokens;
        List<int> ids = NeedleContext.Begin(tokenizer, questionFirst ? [$"{questions[0].Text.Trim()} …\n\n", text] : [text]);
        if (ids.Count > end)
            return null;

        // Filled up at the front, where it changes no distance between a needle and its question.
        List<int> padding = Repeated(tokenizer, end - ids.Count);
        ids.InsertRange(tokenizer.AddsBos ? 1 : 0, padding.TakeLast(end - ids.Count).ToArray());
        return new(length, [.. ids], questions);
    }

    private static List<int> Repeated(Tokenizer tokenizer, int tokens)
    {
        List<int> padding = [];
        while (padding.Count < tokens)
            tokenizer.EncodePiece(Padding, followsSpecial: false, padding);

        return padding;
    }
}
