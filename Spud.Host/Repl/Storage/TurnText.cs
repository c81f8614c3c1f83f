using System.Collections.Immutable;
using System.Text.Json;
using Spud.Metering;

namespace Spud.Host.Repl.Storage;

/// <summary>What a turn is made of, as it is stored.</summary>
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

    /// <summary>The same back.</summary>
    public static int[] Ids(ReadOnlySpan<byte> bytes)
    {
        int[] ids = new int[bytes.Length / 4];
        for (int i = 0; i < ids.Length; i++)
            ids[i] = System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * i)..]);

        return ids;
    }

    /// <summary>Tokens: id, text, logarithm of the probability where it is known, milliseconds.</summary>
    public static string OfTokens(IReadOnlyList<TurnToken> tokens) => JsonSerializer.Serialize(
        [.. tokens.Select(token => new StoredToken(token.Id, token.Text, token.LogProbability is { } known && double.IsFinite(known) ? known : null, token.At.TotalMilliseconds, token.ComputeUnits))],
        RecordJson.Default.StoredTokenArray);

    /// <summary>The same back.</summary>
    public static ImmutableArray<TurnToken> Tokens(string json) =>
        [.. JsonSerializer.Deserialize(json, RecordJson.Default.StoredTokenArray)!.Select(token => new TurnToken(token.I, token.T, token.P, [], TimeSpan.FromMilliseconds(token.M)) { ComputeUnits = token.C })];

    /// <summary>A receipt; null: there is none.</summary>
    public static string? Of(Receipt? receipt) => receipt is null ? null : JsonSerializer.Serialize(receipt, ReceiptJson.Default.Receipt);

    /// <summary>The same back.</summary>
    public static Receipt? Receipt(string? json) => json is null ? null : JsonSerializer.Deserialize(json, ReceiptJson.Default.Receipt);
}

/// <summary>A token as it is stored, with names of one letter, because there are many.</summary>
/// <param name="I">Id.</param>
/// <param name="T">Text.</param>
/// <param name="P">Logarithm of the probability.</param>
/// <param name="M">Milliseconds since the question.</param>
/// <param name="C">CU.</param>
internal sealed record StoredToken(int I, string T, double? P, double M, decimal? C);
