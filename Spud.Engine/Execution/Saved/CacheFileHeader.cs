using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Spud.Execution;

/// <summary>
/// The header of a cache file. The file: 8 magic bytes, the version (u32), bytes of the header (u32) and of the numbers (u64),
/// SHA-256 (32 bytes) of all that and of what follows, the header as JSON, the numbers. Little-endian.
/// </summary>
internal sealed record CacheFileHeader
{
    public const string Mark = "SPUDKEYS";

    public const int Version = 1;

    /// <summary>Bytes before the checksum.</summary>
    public const int StartBytes = 24;

    public const int HashBytes = 32;

    /// <summary>Bytes before the JSON.</summary>
    public const int FixedBytes = StartBytes + HashBytes;

    /// <summary>Maximum size of the header; no pipeline needs more.</summary>
    public const int MaxBytes = 64 << 20;

    /// <summary>What the keys depend on, and how they lie in pages.</summary>
    public required ImmutableArray<IdentityPart> Pipeline { get; init; }

    /// <summary>Length of the text.</summary>
    public required int Tokens { get; init; }

    /// <summary>[L].</summary>
    public required ImmutableArray<SavedLayer> Layers { get; init; }

    /// <summary>Bytes of each state kept by a component.</summary>
    public required ImmutableArray<long> States { get; init; }

    /// <summary>What a file of a pipeline is bound to.</summary>
    /// <param name="parts">The pipeline.</param>
    /// <param name="effort">The effort with which texts are read.</param>
    public static ImmutableArray<IdentityPart> IdentityOf(PipelineParts parts, float effort) =>
        [.. KeyIdentity.Of(parts, effort).Parts, KeyIdentity.PageLayoutOf(parts)];
}

/// <summary>A layer of a saved text.</summary>
/// <param name="TokensAtMove">Length of the text at the last review that moved keys.</param>
/// <param name="TokensAtChange">Length of the text at the last review that changed anything.</param>
/// <param name="Tables">The tables by pool, and by KV head if pages are per head.</param>
internal sealed record SavedLayer(int TokensAtMove, int TokensAtChange, ImmutableArray<SavedTable> Tables);

/// <summary>The kept keys of one table.</summary>
/// <param name="Runs">Number of runs.</param>
/// <param name="Keys">Number of keys.</param>
/// <param name="LastDropped">Largest position dropped; -1 if none.</param>
/// <param name="HasMoved">Whether keys were moved to another pool.</param>
internal sealed record SavedTable(int Runs, int Keys, int LastDropped, bool HasMoved);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(CacheFileHeader))]
internal sealed partial class CacheFileJson : JsonSerializerContext;
