using System.Globalization;
using System.Text;

namespace Spud.Host.Repl.Comparison;

/// <summary>A comparison for people.</summary>
internal static class ComparisonText
{
    /// <summary>A table of quality, speed, compute and memory, and the answers' differences.</summary>
    public static string Of(AnswerComparison comparison)
    {
        StringWriter text = new();
        TextTable table = new("<>>>>>>>");
        table.Add("pipeline", "differs at", "log-prob/token", "KL/token", "prefill/s", "decode/s", "CU", "memory");
        foreach (ComparedAnswer answer in comparison.All)
        {
            table.Add(
                answer.Name,
                ReferenceEquals(answer, comparison.Reference) ? "" : answer.FirstDifference is { } at ? $"token {at}" : "same",
                Number(answer.Quality?.LogProbability, "0.0000"),
                Number(answer.Quality?.Divergence, "0.00000"),
                Number(answer.Turn.PrefillSpeed, "0.0"),
                Number(answer.Turn.DecodeSpeed, "0.0"),
                answer.Turn.Receipt?.ComputeUnits.ToString("0.00", CultureInfo.InvariantCulture) ?? "",
                answer.MemoryBytes is { } bytes ? Units.Bytes(bytes) : "");
        }

        table.Write(text);
        text.Write("log-prob: of the first answer under each pipeline, nats; KL: from the first pipeline's distribution.");
        foreach (ComparedAnswer other in comparison.Others.Where(other => other.FirstDifference is not null))
            text.Write($"\n{other.Name}: {Marked(other.Differences)}");

        return text.ToString();
    }

    /// <summary>An answer with what was taken out in [-…-] and what was put in in {+…+}.</summary>
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
