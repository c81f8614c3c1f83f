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
internal sealed record CompareReport(string Spud, string Command, DateTimeOffset Created, Machine Machine, ComparisonResult Result)
{
    public static CompareReport Of(ComparisonResult result, ParseResult parsed) => new(
        typeof(CompareReport).Assembly.GetName().Version!.ToString(3),
        string.Join(' ', parsed.Tokens.Select(token => Quoted(token.Value)).Prepend("spud")),
        DateTimeOffset.UtcNow,
        Machine.Here(),
        result);

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
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
