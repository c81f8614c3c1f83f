using Spud.Generation;
using Spud.Host.Repl.Comparison;

namespace Spud.Host.Repl.Screen;

/// <summary>Answers of several pipelines side by side; differing tokens are underlined.</summary>
internal static class SideBySide
{
    private const string Between = " │ ";

    /// <summary>The rows of a comparison: the reference on the left, each other answer on the right.</summary>
    public static List<Line> Rows(AnswerComparison comparison, int columns)
    {
        int width = Math.Max(8, (columns - Between.Length - 2) / 2);
        List<Line> rows = [];
        foreach (ComparedAnswer other in comparison.Others)
        {
            rows.Add(Line.Empty);
            List<Line> left = Column(comparison.Reference.Name, other, TokenChange.Removed, width), right = Column(other.Name, other, TokenChange.Added, width);
            for (int i = 0; i < Math.Max(left.Count, right.Count); i++)
                rows.Add(Joined(i < left.Count ? left[i] : Line.Empty, i < right.Count ? right[i] : Line.Empty, width));
        }

        return rows;
    }

    private static List<Line> Column(string name, ComparedAnswer answer, TokenChange own, int width)
    {
        List<Paragraph> paragraphs = [Paragraph.Of(Graphemes.Fit(ShownText.OneLine(name), width), Ink.Accent)];
        List<Run> runs = [];
        foreach (TokenDifference token in Shown(answer).Where(token => token.Change == TokenChange.Same || token.Change == own))
        {
            string[] lines = ShownText.Lines(token.Token.Text);
            for (int i = 0; i < lines.Length; i++)
            {
                if (i > 0)
                {
                    paragraphs.Add(new(runs));
                    runs = [];
                }

                runs.Add(new(lines[i], token.Change == own ? Ink.Heading : Ink.Normal));
            }
        }

        paragraphs.Add(new(runs));
        return Wrapping.Wrap(paragraphs, width);
    }

    // A token that ends both answers is not part of their text.
    private static IEnumerable<TokenDifference> Shown(ComparedAnswer answer) =>
        answer.Turn.Finish == FinishReason.StopToken && answer.Differences is [.., { Change: TokenChange.Same } last] && !answer.Turn.Answer.EndsWith(last.Token.Text, StringComparison.Ordinal)
            ? answer.Differences.SkipLast(1) : answer.Differences;

    private static Line Joined(Line left, Line right, int width) =>
        new([new("  "), .. left.Runs, new(new string(' ', Math.Max(0, width - left.Columns))), new(Between, Ink.Dim), .. right.Runs]);
}
