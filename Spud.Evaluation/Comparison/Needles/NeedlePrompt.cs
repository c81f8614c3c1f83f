using System.Collections.Immutable;
using Spud.Text.Tokenization;

namespace Spud.Evaluation.Comparison;

/// <summary>Encodes a context so that it ends where caches decide what to keep; short questions and answers then do not influence that.</summary>
internal static class NeedlePrompt
{
    private const string Padding = "This is the beginning of a long text that goes on below. ";

    /// <summary>A context from a text; null if, with question and answer, it exceeds the requested length.</summary>
    /// <param name="tokenizer">The common tokenizer of all models.</param>
    /// <param name="text">What it says.</param>
    /// <param name="questions">About it.</param>
    /// <param name="length">Maximum tokens of text, question and answer.</param>
    /// <param name="borderTokens">Interval at which caches decide what to keep.</param>
    /// <param name="questionFirst">Whether the question also precedes the text.</param>
    public static NeedleContext? Make(Tokenizer tokenizer, string text, ImmutableArray<NeedleQuestion> questions, int length, int borderTokens, bool questionFirst)
    {
        int room = questions.Max(question => question.Ids(tokenizer).Length + question.AnswerTokens(tokenizer));
        int end = (length - room) / borderTokens * borderTokens;
        List<int> ids = NeedleContext.Begin(tokenizer, questionFirst ? [$"{questions[0].Text.Trim()} …\n\n", text] : [text]);
        if (ids.Count > end)
            return null;

        // Padded at the front, where it changes no distance between a needle and its question.
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
