using System.Collections.Immutable;
using System.Text.Json;
using Spud.Metering;

namespace Spud.Host.Repl.Export;

/// <summary>A conversation as JSON. Times in seconds.</summary>
internal sealed record ConversationRecord(long? Id, string? Name, string? System, SortedDictionary<string, JsonElement> Pipelines, TurnRecord[] Turns)
{
    /// <summary>The record of a conversation.</summary>
    public static ConversationRecord Of(Conversation conversation)
    {
        SortedDictionary<string, JsonElement> pipelines = new(StringComparer.Ordinal);
        foreach (FrozenPipeline pipeline in conversation.Turns.Select(turn => turn.Pipeline).DistinctBy(pipeline => pipeline.Id))
            pipelines[pipeline.Id] = JsonDocument.Parse(pipeline.Json).RootElement;

        return new(conversation.Id, conversation.Name, conversation.System, pipelines, [.. conversation.Turns.Select(TurnRecord.Of)]);
    }
}

/// <summary>A turn as JSON.</summary>
internal sealed record TurnRecord(
    int Number, DateTimeOffset Asked, string Question, string Answer, string? Reasoning, string Pipeline, string PipelineSummary, bool Mixed, string Finish, ulong Seed,
    int PromptTokens, int ReusedTokens, int GeneratedTokens, double TimeToFirstToken, double DecodeSeconds, ImmutableArray<int> PromptIds, TokenRecord[] Tokens, JsonElement? Receipt)
{
    /// <summary>The record of a turn.</summary>
    public static TurnRecord Of(Turn turn) => new(
        turn.Number, turn.Asked, turn.Question, turn.Answer, turn.Reasoning, turn.Pipeline.Id, turn.Pipeline.Summary, turn.IsMixed, Figures.Name(turn.Finish), turn.Seed,
        turn.PromptTokens, turn.ReusedTokens, turn.GeneratedTokens, turn.TimeToFirstToken.TotalSeconds, turn.DecodeTime.TotalSeconds, turn.PromptIds,
        [.. turn.Tokens.Select(token => new TokenRecord(token.Id, token.Text, token.LogProbability, token.ComputeUnits))], turn.Receipt is { } receipt ? JsonSerializer.SerializeToElement(receipt, ReceiptJson.Default.Receipt) : null);
}

/// <summary>A generated token as JSON.</summary>
internal sealed record TokenRecord(int Id, string Text, double? LogProbability, decimal? ComputeUnits);

/// <summary>A conversation in a list, as JSON.</summary>
internal sealed record ConversationEntryRecord(long Id, string? Name, DateTimeOffset Changed, int Turns, string FirstQuestion);
