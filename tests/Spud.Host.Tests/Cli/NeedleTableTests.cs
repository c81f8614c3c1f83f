using Spud.Evaluation.Comparison;

namespace Spud.Host.Tests.Cli;

public sealed class NeedleTableTests
{
    [Fact]
    public void What_is_retained_is_a_share_of_the_questions_that_the_first_pipeline_answered_with_their_number()
    {
        string[] lines = Lines(new(0.9, 0.85, 0.94), firstCorrect: 225);
        Assert.Equal("     accuracy  95 %            of A's  retained  95 %            cases", lines[1]);
        Assert.Equal("  A     0.900  0.850 .. 0.940", lines[2]);
        Assert.Equal("  B     0.700  0.640 .. 0.760   0.778     0.760  0.700 .. 0.811    225", lines[3]);
        Assert.DoesNotContain(lines, static line => line.Contains("is no claim", StringComparison.Ordinal));
    }

    [Fact]
    public void Few_answers_of_the_first_pipeline_are_no_claim()
    {
        string[] lines = Lines(new(0.2, 0.15, 0.26), firstCorrect: 50);
        Assert.Contains("  A answered 50 questions: fewer than 200, so what is retained of them is no", lines);
    }

    private static string[] Lines(Interval accuracy, int firstCorrect)
    {
        using StringWriter text = new();
        new NeedleTable(text).Write(new()
        {
            Name = "passkey",
            File = null,
            Sha256 = null,
            QuestionFirst = false,
            Cases = 250,
            Pipelines = [Figures(accuracy, 1, new(1, 0.98, 1), firstCorrect), Figures(new(0.7, 0.64, 0.76), 0.778, new(0.76, 0.7, 0.811), firstCorrect)],
        });
        return [.. text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static NeedleFigures Figures(Interval accuracy, double relative, Interval retained, int firstCorrect) => new()
    {
        Accuracy = accuracy,
        RelativeAccuracy = relative,
        FirstCorrect = firstCorrect,
        Retained = retained,
        QuestionsSeen = 0,
        Cells = [],
        Lengths = [],
    };
}
