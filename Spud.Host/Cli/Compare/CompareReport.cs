using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spud.Evaluation.Comparison;

namespace Spud.Host;

/// <summary>What <c>spud compare --json</c> prints.</summary>
/// <param name="Spud">Version.</param>
/// <param name="Command">The command line that made it, as a shell takes it.</param>
/// <param name="Created">When, in UTC.</param>
/// <param name="Machine">Where it was measured.</param>
/// <param name="Result">What was found.</param>
/// <param name="Reason">Why figures are missing; null where none is.</param>
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

    // Single quotes keep everything but single quotes.
    private static string Quoted(string word) => word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=,:@%+".Contains(c)) ? word : $"'{word.Replace("'", "'\\''")}'";
}

[JsonSerializable(typeof(CompareReport))]
internal sealed partial class CompareJson : JsonSerializerContext
{
    /// <summary>Camel case, one line, without escapes made for HTML.</summary>
    public static CompareJson Readable { get; } = new(new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new FiniteNumber() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
