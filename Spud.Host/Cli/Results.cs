using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spud.Evaluation.Likelihood;
using Spud.Metering;
using Spud.Text.ChatTemplates;

namespace Spud.Host;

/// <summary>
/// Output of <c>spud run --json</c>: the answer itself, separate from reasoning and tool calls if the model writes them. Times in seconds,
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
    string? Currency,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ReceiptDrafts? Drafts);

/// <summary>Output of <c>spud tokenize --json</c>.</summary>
internal sealed record TokenizeResult(int Tokens, int[] Ids);

/// <summary>
/// Output of <c>spud score --json</c>. Loss in nats, speed in tokens per second; experts per token by layer, null for a dense model;
/// perplexity by position if requested; a reason if there is no loss.
/// </summary>
internal sealed record ScoreResult(int Tokens, double MeanLoss, double Perplexity, double PrefillTokensPerSecond, decimal ComputeUnits, double[]? ExpertsPerToken, ScoredPositions[]? Positions, string? Reason);

/// <summary>
/// One repeat of <c>spud bench --json</c>. Speeds in tokens per second, over all sequences; the rest describes the measurement.
/// </summary>
internal sealed record BenchResult(
    double PrefillTokensPerSecond, double DecodeTokensPerSecond, int Repeat, int PromptTokens, int GeneratedTokens, int DepthTokens, int Sequences, int Threads)
{
    /// <summary>Per decoded token.</summary>
    public decimal ComputeUnitsPerToken { get; init; }

    /// <summary>For MoE models: average bytes of the experts that a decode step reads.</summary>
    public long? ExpertBytesPerStep { get; init; }

    /// <summary>For MoE models: average bytes of all experts that a sequence used while it was read and decoded, each counted once.</summary>
    public long? ExpertBytesPerRequest { get; init; }
}

/// <summary>
/// Output of <c>spud convert --json</c> and <c>spud quantize --json</c>: bytes of the tensors before and after, tensors of each type, and
/// those that got a type other than requested.
/// </summary>
internal sealed record ConversionResult(string File, long SourceBytes, long Bytes, Dictionary<string, int> Tensors, Dictionary<string, string> Substituted);

[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(TokenizeResult))]
[JsonSerializable(typeof(ScoreResult))]
[JsonSerializable(typeof(BenchResult))]
[JsonSerializable(typeof(ConversionResult))]
internal sealed partial class ResultJson : JsonSerializerContext
{
    /// <summary>Camel case, on one line, without HTML escapes, so that text is readable in a terminal or file.</summary>
    public static ResultJson Readable { get; } = new(new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new FiniteNumber() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
