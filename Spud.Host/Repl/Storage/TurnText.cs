using System.Collections.Immutable;
using System.Text.Json;
using Spud.Configuration;
using Spud.Metering;

namespace Spud.Host.Repl.Storage;

/// <summary>Stored form of a turn's data.</summary>
internal static class TurnText
{
    /// <summary>Ids, four bytes each, little-endian.</summary>
    public static byte[] Bytes(ReadOnlySpan<int> ids)
    {
        byte[] bytes = new byte[4 * ids.Length];
        for (int i = 0; i < ids.Length; i++)
            System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * i), ids[i]);

        return bytes;
    }

    /// <summary>Reverses the encoding.</summary>
    public static int[] Ids(ReadOnlySpan<byte> bytes)
    {
        int[] ids = new int[bytes.Length / 4];
        for (int i = 0; i < ids.Length; i++)
            ids[i] = System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * i)..]);

        return ids;
    }

    // Less likely alternatives are useless, and there are many of them.
    private const double LeastLikely = -7;

    /// <summary>Tokens, with alternatives of at least a thousandth, and the experts if they differ from the previous token's.</summary>
    public static string OfTokens(IReadOnlyList<TurnToken> tokens) =>
        JsonSerializer.Serialize([.. tokens.Select((token, i) => Of(token, i > 0 ? tokens[i - 1] : null))], RecordJson.Default.StoredTokenArray);

    /// <summary>Reverses the encoding.</summary>
    public static ImmutableArray<TurnToken> Tokens(string json)
    {
        ImmutableArray<TurnToken>.Builder tokens = ImmutableArray.CreateBuilder<TurnToken>();
        foreach (StoredToken token in JsonSerializer.Deserialize(json, RecordJson.Default.StoredTokenArray)!)
        {
            ImmutableArray<Alternative> top = [.. (token.A ?? []).Select(static other => new Alternative(other.I, other.T, other.P))];
            ImmutableArray<int> experts = token.E is { } written ? [.. written] : tokens.Count > 0 ? tokens[^1].Experts : [];
            tokens.Add(new(token.I, token.T, token.P, top, TimeSpan.FromMilliseconds(token.M)) { ComputeUnits = token.C, Experts = experts });
        }

        return tokens.ToImmutable();
    }

    private static StoredToken Of(TurnToken token, TurnToken? before) => new(
        token.Id, token.Text, token.LogProbability is { } known && double.IsFinite(known) ? known : null, token.At.TotalMilliseconds, token.ComputeUnits,
        [.. token.Top.Where(static other => other.LogProbability >= LeastLikely).Select(static other => new StoredAlternative(other.Id, other.Text, Math.Round(other.LogProbability, 4)))],
        before is not null && before.Experts.SequenceEqual(token.Experts) ? null : [.. token.Experts]);

    /// <summary>What a pipeline was composed from; null if unknown.</summary>
    public static string? Of(PipelineSource? source) =>
        source is null ? null : JsonSerializer.Serialize(new StoredSource(source.File, [.. source.Edits.Select(static edit => edit.Text)]), RecordJson.Default.StoredSource);

    /// <summary>Reverses the encoding.</summary>
    public static PipelineSource? Source(string? json) =>
        json is not null && JsonSerializer.Deserialize(json, RecordJson.Default.StoredSource) is { } stored ? new(stored.File, [.. stored.Edits.Select(static edit => new PipelineEdit(edit))]) : null;

    /// <summary>A receipt; null if there is none.</summary>
    public static string? Of(Receipt? receipt) => receipt is null ? null : JsonSerializer.Serialize(receipt, ReceiptJson.Default.Receipt);

    /// <summary>Reverses the encoding.</summary>
    public static Receipt? Receipt(string? json) => json is null ? null : JsonSerializer.Deserialize(json, ReceiptJson.Default.Receipt);
}

/// <summary>What a pipeline was composed from, as stored.</summary>
/// <param name="File">Full path of its file; null for the default pipeline.</param>
/// <param name="Edits">The changes, in order.</param>
internal sealed record StoredSource(string? File, string[] Edits);

/// <summary>A stored token; one-letter names because there are many.</summary>
/// <param name="I">Id.</param>
/// <param name="T">Text.</param>
/// <param name="P">Logarithm of the probability.</param>
/// <param name="M">Milliseconds since the question.</param>
/// <param name="C">CU.</param>
/// <param name="A">Alternatives, most likely first; null in files of earlier versions.</param>
/// <param name="E">Experts by layer; null if the same as the previous token's.</param>
internal sealed record StoredToken(int I, string T, double? P, double M, decimal? C, StoredAlternative[]? A, int[]? E);

/// <summary>A stored alternative token.</summary>
/// <param name="I">Id.</param>
/// <param name="T">Text.</param>
/// <param name="P">Logarithm of the probability.</param>
internal sealed record StoredAlternative(int I, string T, double P);
