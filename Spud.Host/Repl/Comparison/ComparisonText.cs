using System.Globalization;
using System.Text;

namespace Spud.Host.Repl.Comparison;

/// <summary>A comparison as readable text.</summary>
internal static class ComparisonText
{
    /// <summary>A table of quality, speed, compute and memory, and the answers' differences.</summary>
    public static string Of(AnswerComparison comparison)
    {
        StringWriter text = new();
        ComparedAnswer[] answers = [.. comparison.All];

        // A column for each pipeline: there are few pipelines, and terminals are narrow.
        TextTable table = new("<".PadRight(answers.Length + 1, '>'));
        Row("", answer => answer.Name);
        Row("differs at", answer => ReferenceEquals(answer, comparison.Reference) ? "" : answer.FirstDifference is { } at ? $"token {at}" : "same");
        Row("log-prob/token", answer => Number(answer.Quality?.LogProbability, "0.0000"));
        Row("KL/token", answer => Number(answer.Quality?.Divergence, "0.00000"));
        Row("prefill/s", answer => Number(answer.Turn.PrefillSpeed, "0.0"));
        Row("decode/s", answer => Number(answer.Turn.DecodeSpeed, "0.0"));
        Row("CU", answer => Number((double?)answer.Turn.Receipt?.ComputeUnits, "0.00"));
        Row("memory", answer => answer.MemoryBytes is { } bytes ? Units.Bytes(bytes) : "");
        table.Write(text);
        text.Write("log-prob: of the first answer under each pipeline, nats; KL: from the first pipeline's distribution.");
        foreach (ComparedAnswer other in comparison.Others.Where(other => other.FirstDifference is not null))
            text.Write($"\n{other.Name}: {Marked(other.Differences)}");

        return text.ToString();

        void Row(string name, Func<ComparedAnswer, string> cell) => table.Add([name, .. answers.Select(cell)]);
    }

    /// <summary>An answer with removed text in [-…-] and added text in {+…+}.</summary>
    public static string Marked(IEnumerable<TokenDifference> differences)
    {
        StringBuilder text = new();
        TokenChange now = TokenChange.Same;
        foreach (TokenDifference difference in differences)
        {
            if (difference.Change != now)
                text.Append(Closing(now)).Append(difference.Change switch { TokenChange.Removed => "[-", TokenChange.Added => "{+", _ => "" });

            now = difference.Change;
            text.Append(difference.Token.Text);
        }

        return text.Append(Closing(now)).ToString();
    }

    private static string Closing(TokenChange change) => change switch { TokenChange.Removed => "-]", TokenChange.Added => "+}", _ => "" };

    private static string Number(double? value, string format) => value is { } known ? known.ToString(format, CultureInfo.InvariantCulture) : "";
}
