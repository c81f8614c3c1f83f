using System.Collections.Immutable;
using Spud.Text.Tokenization;

namespace Spud.Evaluation.Comparison;

/// <summary>A long text, and questions about it.</summary>
/// <param name="Length">Requested tokens, including question and answer.</param>
/// <param name="Ids">Of the text.</param>
/// <param name="Questions">At least one.</param>
internal sealed record NeedleContext(int Length, int[] Ids, ImmutableArray<NeedleQuestion> Questions)
{
    /// <summary>Ids of concatenated texts, with a leading BOS if the model adds one.</summary>
    public static List<int> Begin(Tokenizer tokenizer, params string[] texts)
    {
        List<int> ids = tokenizer is { AddsBos: true, Bos: { } bos } ? [bos] : [];
        bool followsSpecial = true;
        foreach (string text in texts)
            followsSpecial = tokenizer.EncodePiece(text, followsSpecial, ids);

        return ids;
    }
}

/// <summary>A question about a context.</summary>
/// <param name="Text">Read after the context.</param>
/// <param name="Answer">The expected answer.</param>
/// <param name="Depth">Where the answer is, 0 to 1.</param>
internal sealed record NeedleQuestion(string Text, string Answer, double Depth)
{
    /// <summary>Maximum tokens to generate: the answer, and enough to see where it ends.</summary>
    public int AnswerTokens(Tokenizer tokenizer) => Ids(tokenizer, Answer).Count + 3;

    /// <summary>Its ids after the context.</summary>
    public int[] Ids(Tokenizer tokenizer) => [.. Ids(tokenizer, Text)];

    /// <summary>Whether the output begins with the answer, and not with a longer one that starts the same.</summary>
    public bool IsAnsweredBy(string written)
    {
        written = written.TrimStart();
        return written.StartsWith(Answer, StringComparison.Ordinal) && (written.Length == Answer.Length || !char.IsLetterOrDigit(written[Answer.Length]));
    }

    private static List<int> Ids(Tokenizer tokenizer, string text)
    {
        List<int> ids = [];
        tokenizer.EncodePiece(text, followsSpecial: false, ids);
        return ids;
    }
}
