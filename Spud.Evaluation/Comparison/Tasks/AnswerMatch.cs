using System.Text.RegularExpressions;

namespace Spud.Evaluation.Comparison;

/// <summary>
/// Whether a written answer is the right one. For numbers, expressions and order are those of the lm-evaluation-harness (task gsm8k_cot, version 3): a
/// filter takes the answer out of the text, then ignored characters are removed from both sides and they are compared ignoring case.
/// </summary>
internal static partial class AnswerMatch
{
    private const string NoAnswer = "[invalid]";

    /// <summary>The text after the first "The answer is".</summary>
    public static bool Strict(string text, string answer) => Equal(StrictAnswer().Match(text) is { Success: true } match ? match.Groups[1].Value.Trim() : NoAnswer, answer);

    /// <summary>The last number.</summary>
    public static bool Flexible(string text, string answer) => Equal(AnyNumber().Matches(text) is { Count: > 0 } matches ? matches[^1].Value.Trim() : NoAnswer, answer);

    /// <summary>The answer itself: the first lines, as many as the answer has.</summary>
    public static bool Exact(string text, string answer)
    {
        string[] right = answer.Split('\n');
        return text.Trim().Split('\n').Take(right.Length).Select(line => line.TrimEnd()).SequenceEqual(right.Select(line => line.TrimEnd()));
    }

    private static bool Equal(string found, string answer) => string.Equals(Stripped(found), Stripped(answer), StringComparison.OrdinalIgnoreCase);

    private static string Stripped(string text)
    {
        text = text.Replace(",", "").Replace("$", "");
        int mark = text.LastIndexOf("#### ", StringComparison.Ordinal);
        text = mark >= 0 ? text[(mark + 5)..] : text;
        return text.EndsWith('.') ? text[..^1] : text;
    }

    [GeneratedRegex(@"The answer is (\-?[0-9\.\,]+).")]
    private static partial Regex StrictAnswer();

    [GeneratedRegex(@"(-?[$0-9.,]{2,})|(-?[0-9]+)")]
    private static partial Regex AnyNumber();
}
