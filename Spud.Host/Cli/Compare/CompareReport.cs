using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spud.Evaluation.Comparison;

namespace Spud.Host;

/// <summary>Output of <c>spud compare --json</c>.</summary>
/// <param name="Spud">Version of Spud.</param>
/// <param name="Command">The command line that produced it, quoted for a shell.</param>
/// <param name="Created">Time of creation, in UTC.</param>
/// <param name="Machine">The machine it was measured on.</param>
/// <param name="Result">The results.</param>
/// <param name="Reason">Why figures are missing; null if none are.</param>
internal sealed record CompareReport(string Spud, string Command, DateTimeOffset Created, Machine Machine, ComparisonResult Result, string? Reason)
{
    public static CompareReport Of(ComparisonResult result, ParseResult parsed) => new(
        typeof(CompareReport).Assembly.GetName().Version!.ToString(3),
        string.Join(' ', parsed.Tokens.Select(token => Quoted(token.Value)).Prepend("spud")),
        DateTimeOffset.UtcNow,
        Machine.Here(),
        result,
        Unfounded(result));

    private static string? Unfounded(ComparisonResult result)
    {
        string[] names = [.. result.Pipelines.Where(pipeline => !double.IsFinite(pipeline.Quality.Perplexity.Value)).Select(pipeline => pipeline.Name)];
        return names.Length == 0 ? null : $"{string.Join(", ", names)}: no perplexity: logits are infinite or not a number. The model file is damaged, or a component computes it wrongly.";
    }

    // Single quotes protect everything except single quotes.
    private static string Quoted(string word) => word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=,:@%+".Contains(c)) ? word : $"'{word.Replace("'", "'\\''")}'";
}

[JsonSerializable(typeof(CompareReport))]
internal sealed partial class CompareJson : JsonSerializerContext
{
    /// <summary>Camel case, on one line, without HTML escapes.</summary>
    public static CompareJson Readable { get; } = new(new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new FiniteNumber() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
