using System.Globalization;

namespace Spud.Host.Repl.Comparison;

/// <summary>The tokens of an answer with their details, as readable text.</summary>
internal static class WhyText
{
    /// <summary>A table: token, probability, alternatives, cost.</summary>
    public static string Of(Turn turn)
    {
        StringWriter text = new();
        bool isMixture = turn.Tokens.Any(token => !token.Experts.IsEmpty);
        TextTable table = new(">>><>>");
        table.Add("", "token", "probability", "most likely", "CU", isMixture ? "experts" : "");
        for (int i = 0; i < turn.Tokens.Count; i++)
        {
            TurnToken token = turn.Tokens[i];
            table.Add(
                $"{i + 1}", Quoted(token.Text), Percent(token.LogProbability), string.Join("  ", token.Top.Select(other => $"{Quoted(other.Text)} {Percent(other.LogProbability)}")),
                token.ComputeUnits?.ToString("0.####", CultureInfo.InvariantCulture) ?? "",
                token.Experts.IsEmpty ? "" : token.Experts.Average().ToString("0.0", CultureInfo.InvariantCulture));
        }

        table.Write(text);
        return $"{text}".TrimEnd();
    }

    private static string Quoted(string text) => $"'{text.Replace("\n", "\\n", StringComparison.Ordinal)}'";

    private static string Percent(double? logProbability) => logProbability is { } known ? $"{(100 * Math.Exp(known)).ToString("0.0", CultureInfo.InvariantCulture)} %" : "";
}
