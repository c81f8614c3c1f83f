using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spud.Evaluation.Likelihood;
using Spud.Text.ChatTemplates;

namespace Spud.Host;

/// <summary>
/// What <c>spud run --json</c> prints: the answer proper, apart from reasoning and tool calls where the model writes them. Times in seconds,
/// speeds in tokens per second.
/// </summary>
internal sealed record RunResult(
    string Text,
    string? Reasoning,
    ToolCall[]? ToolCalls,
    string Finish,
    string? StopString,
    int PromptTokens,
    int ReusedTokens,
    int GeneratedTokens,
    double PrefillTokensPerSecond,
    double DecodeTokensPerSecond,
    double TimeToFirstToken,
    ulong Seed,
    decimal ComputeUnits,
    decimal? Charge,
    string? Currency);

/// <summary>What <c>spud tokenize --json</c> prints.</summary>
internal sealed record TokenizeResult(int Tokens, int[] Ids);

/// <summary>What <c>spud score --json</c> prints. Loss in nats, speed in tokens per second; experts per token by layer, null for a dense model; perplexity by position where that was asked for; a reason where there is no loss.</summary>
internal sealed record ScoreResult(int Tokens, double MeanLoss, double Perplexity, double PrefillTokensPerSecond, decimal ComputeUnits, double[]? ExpertsPerToken, ScoredPositions[]? Positions, string? Reason);

/// <summary>One repeat of <c>spud bench --json</c>. Speeds in tokens per second, over all sequences; the rest says what was measured.</summary>
internal sealed record BenchResult(
    double PrefillTokensPerSecond, double DecodeTokensPerSecond, int Repeat, int PromptTokens, int GeneratedTokens, int DepthTokens, int Sequences, int Threads);

/// <summary>What <c>spud convert --json</c> and <c>spud quantize --json</c> print: bytes of the tensors before and after, tensors of each type, and those that got another type than wanted.</summary>
internal sealed record ConversionResult(string File, long SourceBytes, long Bytes, Dictionary<string, int> Tensors, Dictionary<string, string> Substituted);

[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(TokenizeResult))]
[JsonSerializable(typeof(ScoreResult))]
[JsonSerializable(typeof(BenchResult))]
[JsonSerializable(typeof(ConversionResult))]
internal sealed partial class ResultJson : JsonSerializerContext
{
    /// <summary>Camel case, one line, and readable text: what goes to a terminal or a file needs no escapes made for HTML.</summary>
    public static ResultJson Readable { get; } = new(new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new FiniteNumber() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
