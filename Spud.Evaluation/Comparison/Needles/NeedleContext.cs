using System.Collections.Immutable;
using Spud.Text.Tokenization;

namespace Spud.Evaluation.Comparison;

/// <summary>A long text, and what is asked about it.</summary>
/// <param name="Length">Tokens that it has with question and answer, as far as asked for.</param>
/// <param name="Ids">Of the text.</param>
/// <param name="Questions">At least one.</param>
internal sealed record NeedleContext(int Length, int[] Ids, ImmutableArray<NeedleQuestion> Questions)
{
    /// <summary>Ids of texts one after the other, in front of them BOS where the model adds one.</summary>
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
/// <param name="Answer">What the model should write then.</param>
/// <param name="Depth">Where the answer is, 0 to 1.</param>
internal sealed record NeedleQuestion(string Text, string Answer, double Depth)
{
    /// <summary>Tokens that may be written: the answer, and what shows where it ends.</summary>
    public int AnswerTokens(Tokenizer tokenizer) => Ids(tokenizer, Answer).Count + 3;

    /// <summary>Its ids behind the context.</summary>
    public int[] Ids(Tokenizer tokenizer) => [.. Ids(tokenizer, Text)];

    /// <summary>Whether what was written begins with the answer, and with nothing longer that begins like it.</summary>
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
